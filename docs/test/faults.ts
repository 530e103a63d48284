import type { Fault } from "./insight-build.js";

/** Faults that the tests of the views have to find when one of them is built into the page. */
export const faults: Readonly<Record<string, Fault>> = {
  "q and k are swapped": {
    file: "inspect/network-steps.ts",
    from: `const q = ready("q", nHead, 0);`,
    to: `const q = ready("q", nHead, qWidth);`,
  },
  "the mask is shifted by one": {
    file: "inspect/evaluate.ts",
    from: "return key <= query && ",
    to: "return key < query + 2 && ",
  },
  "a weight is transposed": {
    file: "inspect/network-steps.ts",
    from: `b: { tensor: \`\${name}.weight\`, at: ["each", { axis: 2 }] },`,
    to: `b: { tensor: \`\${name}.weight\`, at: [{ axis: 2 }, "each"] },`,
  },
};
