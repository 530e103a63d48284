// What the declarations ask of a consumer: the language's own library, and for what is Node's the types of Node.
import { join } from "node:path";
import { expect, test } from "vitest";
import { packages, wholeProject } from "./consumer.js";
import { entriesOf, isForNode, root } from "./release.js";

const entries = entriesOf(packages);
const main = entries.filter((entry) => !isForNode(entry));

/** WebAssembly's types are the web's too. */
const compiled = `import encoding from "@llm/bpe/encoding.wasm";
  import { useModules } from "@llm/bpe";
  useModules({ encoding });`;

/** Imports the entries in a strict project whose dependencies are checked too, and answers tsc's errors. */
async function errorsOf(imported: string[], options: object): Promise<string> {
  const imports = imported.map((entry, i) => `import * as m${i} from "${entry}";\nvoid m${i};`);
  wholeProject.write("main.ts", [...imports, compiled].join("\n"));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2022"],
    skipLibCheck: false,
    ...options,
  };
  wholeProject.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["main.ts"] }));
  return wholeProject
    .exec(process.execPath, [join(root, "node_modules/typescript/bin/tsc")])
    .catch((error: Error) => error.message);
}

const resolutions = [{ module: "nodenext" }, { module: "esnext", moduleResolution: "bundler" }];

test.each(resolutions)("main entries need lib es2022 alone: $module", async (resolution) => {
  expect(await errorsOf(main, { ...resolution, types: [] })).toBe("");
});

test.each(resolutions)("main entries go with the DOM: $module", async (resolution) => {
  expect(await errorsOf(main, { ...resolution, lib: ["es2022", "dom"], types: [] })).toBe("");
});

test.each(resolutions)("entries for Node need @types/node: $module", async (resolution) => {
  const typeRoots = [join(root, "node_modules/@types")];
  expect(await errorsOf(entries, { ...resolution, typeRoots, types: ["node"] })).toBe("");
});
