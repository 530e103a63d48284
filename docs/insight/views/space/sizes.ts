import { element } from "../../element.js";
import type { Sized } from "../../engine/shapes.js";
import type { Panel } from "../../scene/layout.js";
import { sideBySide, type Whole } from "../../scene/side-by-side.js";
import { schemeOf } from "../../scheme.js";
import type { Table } from "../../table.js";
import { NAMED_SHAPES } from "./named-shapes.js";
import { cornersOf } from "./pixels.js";
import type { Named } from "./placing.js";

/** A network among others: where it stands, and how large it is. */
export interface SizedWhole extends Whole, Omit<Sized, "descriptions" | "name"> {
  readonly words: string;
  readonly weights: number;
}

/** Networks side by side, true to scale. */
export function sizedWholes(networks: readonly Sized[]): SizedWhole[] {
  const wholes = sideBySide(
    networks.map(({ name, width, descriptions, positions }) => ({
      ...{ name, width },
      sections: schemeOf(descriptions, positions),
    })),
  );
  return wholes.map((whole, i) => {
    const { descriptions: _, name, ...sized } = networks[i]!;
    return { ...sized, ...whole, words: NAMED_SHAPES[name].words, weights: weightsOf(whole.panels) };
  });
}

/** How many learned numbers there are. */
export function weightsOf(panels: readonly Panel[]): number {
  return panels
    .filter(({ plane, box: { kind } }) => plane === 0 && kind === "weight")
    .reduce((sum, { box: { planes, rows, columns } }) => sum + planes * rows * columns, 0);
}

/** Each network's name and number of weights. */
export function titlesOf(wholes: readonly SizedWhole[]): Named[] {
  return wholes.map(({ low, high, words, weights }, i) => ({
    kind: "network",
    words: `${words}\n${short(weights)}${i === wholes.length - 1 ? " weights" : ""}`,
    corners: cornersOf([low[0], high[1], high[2]], [high[0] - low[0], high[1] - low[1]]),
  }));
}

/** "124 million". */
function short(count: number): string {
  if (count < 1e6) return count.toLocaleString("en");
  const [size, word] = count >= 1e9 ? [1e9, "billion"] : [1e6, "million"];
  return `${Number((count / size).toPrecision(3)).toLocaleString("en")} ${word}`;
}

export function sizesTable(wholes: readonly SizedWhole[]): Table {
  return {
    caption: "How large networks are",
    head: ["network", "weights", "layers", "heads", "channels", "positions"],
    rows: wholes.map(({ words, weights, layers, heads, width, positions }) => [
      ...[words, weights, layers, heads, width, positions],
    ]),
  };
}

/** Takes the walk's place where networks are compared: each with its numbers, and a button that goes there. */
export function sizesProse(go: (whole: SizedWhole | undefined) => void): {
  root: HTMLElement;
  draw(wholes: readonly SizedWhole[] | undefined): void;
} {
  const list = element("ul", { className: "space-sizes" });
  const all = element("button", { type: "button" }, "All of them");
  all.addEventListener("click", () => go(undefined));
  const root = element(
    "section",
    { hidden: true, attributes: { "aria-label": "Networks side by side" } },
    element("h3", {}, "How large networks are"),
    element(
      "p",
      {},
      "Every cell has the same size here, so what is twice as wide has twice as many channels. They are shapes alone: nothing of their weights is loaded.",
    ),
    list,
    element("p", { className: "insight-bar" }, all),
  );
  return {
    root,
    draw(wholes) {
      root.hidden = !wholes;
      list.replaceChildren(
        ...(wholes ?? []).map((whole) => {
          const { words, weights, layers, heads, width } = whole;
          const button = element("button", { type: "button" }, words);
          button.addEventListener("click", () => go(whole));
          const numbers = `${weights.toLocaleString("en")} weights, ${layers} layers, ${heads} heads, ${width.toLocaleString("en")} channels`;
          return element("li", {}, button, ` ${numbers}`);
        }),
      );
    },
  };
}
