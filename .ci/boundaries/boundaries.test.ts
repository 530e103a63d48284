// `npm run boundaries` refuses import circles and imports against the arrows: a small copy of the house, with a fault of
// each kind planted in it.
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const PACKAGES = ["dataset", "bpe", "tensor", "sample", "gpt", "train", "platform"];
const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** Writes the files of a house, and answers what is refused in it: the rule, and from where to where. */
async function refused(files: Record<string, string>): Promise<string[]> {
  const house = mkdtempSync(join(tmpdir(), "llm-boundaries-"));
  made.push(house);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  };
  write("node_modules/@llm/README", "");
  write("docs/README", "");
  for (const name of PACKAGES) {
    const exports = { ".": { "@llm/source": "./src/index.ts" } };
    write(`packages/${name}/package.json`, JSON.stringify({ name: `@llm/${name}`, exports }));
    write(`packages/${name}/src/index.ts`, "export const a = 1;\n");
    symlinkSync(`../../packages/${name}`, join(house, "node_modules/@llm", name));
  }
  for (const [path, text] of Object.entries(files)) write(path, text);
  const config = join(root, ".config/boundaries.js");
  const bin = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const argv = [bin, "--config", config, "--output-type", "json", "packages", "docs"];
  // It fails where anything is refused; what counts is what it says.
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: house }).catch(
    (error) => error,
  );
  const { violations } = JSON.parse(stdout).summary as {
    violations: { rule: { name: string; severity: string }; from: string; to: string }[];
  };
  for (const { rule } of violations) expect(rule.severity).toBe("error");
  return violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort();
}

const from = (path: string) => `import { a } from "${path}";\nexport const b = a;\n`;
const T = "packages/tensor/src";
const INSIGHT = "docs/insight";
const leaf = "export const a = 1;\n";

test("it is a part of `npm run check`", () => {
  expect(scripts["check"]).toContain(" boundaries ");
  expect(scripts["boundaries"]).toMatch(/^depcruise --config \.config\/boundaries\.js packages /);
});

test("the arrows as drawn are allowed", async () => {
  const files = {
    "packages/gpt/src/network.ts": from("@llm/tensor"),
    "packages/gpt/src/gpt.ts": from("@llm/platform"),
    "packages/train/src/train.ts": `export * from "@llm/tensor";\nimport type { a } from "@llm/sample";\nexport type B = typeof a;\n`,
    "packages/bpe/test/peers.test.ts": from("@llm/gpt"),
    "packages/sample/src/cli/model-files.ts": from("@llm/gpt"),
    [`${T}/engine.ts`]: leaf,
    [`${T}/kernel-arguments.ts`]: leaf,
    [`${T}/tape.ts`]: from("./engine.js"),
    [`${T}/use-engine.ts`]: from("./engines/native/engine.js"),
    [`${T}/engines/native/engine.ts`]: from("./code/gemm.js").replace("b =", "a ="),
    [`${T}/engines/native/code/gemm.ts`]: from("../assembler/assembler.js").replace("b =", "a ="),
    [`${T}/engines/native/code/softmax.ts`]: from("../../../kernel-arguments.js"),
    [`${T}/engines/native/assembler/assembler.ts`]: leaf,
    [`${INSIGHT}/table.ts`]: leaf,
    [`${INSIGHT}/views.ts`]: `export const load = () => import("./views/inside.js");\n`,
    [`${INSIGHT}/views/inside.ts`]: from("./inside/tables.js"),
    [`${INSIGHT}/views/inside/tables.ts`]: from("../../table.js").replace("b =", "a ="),
  };
  expect(await refused(files)).toEqual([]);
});

test("a fault of each kind is refused", async () => {
  const hosts = {
    [`${T}/ops/linear.ts`]: from("../engines/native/code/gemm.js"),
    [`${T}/tape.ts`]: from("./engines/reference/engine.js"),
    [`${T}/scope.ts`]: `import type { a } from "./engines/reference/engine.js";\nexport type B = typeof a;\n`,
    [`${T}/tensor.ts`]: `export const load = () => import("./engines/reference/engine.js");\n`,
    [`${T}/use-engine.ts`]: from("./engines/native/code/gemm.js"),
    [`${T}/engines/reference/engine.ts`]: leaf,
    [`${T}/engines/reference/norm.ts`]: from("../../ops/linear.js"),
    [`${T}/engines/wasm/engine.ts`]: from("../../tape.js"),
    [`${T}/engines/native/code/gemm.ts`]: leaf,
    [`${T}/engines/native/code/softmax.ts`]: from("../machine.js"),
    [`${T}/engines/native/machine.ts`]: leaf,
    [`${T}/engines/native/assembler/assembler.ts`]: from("../code/gemm.js"),
    [`${T}/engines/native/assembler/operand.ts`]: from("../../../kernel-arguments.js"),
    [`${T}/kernel-arguments.ts`]: leaf,
    "packages/platform/src/durable.ts": from("@llm/bpe"),
    "packages/bpe/src/tokenizer.ts": from("@llm/dataset"),
    "packages/bpe/src/vocabulary.ts": from("../../gpt/src/index.js"),
    "packages/gpt/src/gpt.ts": from("../../tensor/src/index.js"),
    "packages/sample/src/generate.ts": from("@llm/train"),
    "packages/sample/src/cli/model-files.ts": from("@llm/train"),
    [`${INSIGHT}/next/softmax-words.ts`]: from("../views/sampling.js"),
    [`${INSIGHT}/views/sampling.ts`]: leaf,
    [`${INSIGHT}/views/space.ts`]: from("./inside/tables.js"),
    [`${INSIGHT}/views/space/tables.ts`]: `import type { a } from "../inside/tables.js";\nexport type B = typeof a;\n`,
    [`${INSIGHT}/views/inside/tables.ts`]: leaf,
    // Circles: of values, of types alone, of three files, and of AssemblyScript, whose paths have no ending.
    "packages/dataset/src/explain.ts": from("./explain-format.js"),
    "packages/dataset/src/explain-format.ts": `import type { b } from "./explain.js";\nexport const a: typeof b = 1;\n`,
    "packages/dataset/src/pipeline.ts": `import type { B } from "./step.js";\nexport type A = B;\n`,
    "packages/dataset/src/step.ts": `import type { A } from "./pipeline.js";\nexport type B = A;\n`,
    "packages/bpe/assembly/trainer.ts": from("./rounds"),
    "packages/bpe/assembly/rounds.ts": from("./merge-pairs").replace("b =", "a ="),
    "packages/bpe/assembly/merge-pairs.ts": from("./trainer").replace("{ a }", "{ b as a }"),
  };
  // The rules speak of the house as it is.
  for (const path of Object.keys(hosts)) {
    expect(existsSync(join(root, path)), `${path} is no longer there`).toBe(true);
  }
  const native = `${T}/engines/native`;
  expect(await refused(hosts)).toEqual(
    [
      `tensor-above-engines: ${T}/ops/linear.ts -> ${native}/code/gemm.ts`,
      `native-code-inside: ${T}/ops/linear.ts -> ${native}/code/gemm.ts`,
      `tensor-above-engines: ${T}/tape.ts -> ${T}/engines/reference/engine.ts`,
      `tensor-above-engines: ${T}/scope.ts -> ${T}/engines/reference/engine.ts`,
      `tensor-above-engines: ${T}/tensor.ts -> ${T}/engines/reference/engine.ts`,
      `native-code-inside: ${T}/use-engine.ts -> ${native}/code/gemm.ts`,
      `tensor-engines-below: ${T}/engines/reference/norm.ts -> ${T}/ops/linear.ts`,
      `tensor-engines-below: ${T}/engines/wasm/engine.ts -> ${T}/tape.ts`,
      `native-code: ${native}/code/softmax.ts -> ${native}/machine.ts`,
      `native-assembler: ${native}/assembler/assembler.ts -> ${native}/code/gemm.ts`,
      `native-assembler: ${native}/assembler/operand.ts -> ${T}/kernel-arguments.ts`,
      "arrows-of-platform: packages/platform/src/durable.ts -> packages/bpe/src/index.ts",
      "arrows-of-bpe: packages/bpe/src/tokenizer.ts -> packages/dataset/src/index.ts",
      "arrows-of-bpe: packages/bpe/src/vocabulary.ts -> packages/gpt/src/index.ts",
      "packages-by-name: packages/bpe/src/vocabulary.ts -> packages/gpt/src/index.ts",
      "packages-by-name: packages/gpt/src/gpt.ts -> packages/tensor/src/index.ts",
      "arrows-of-sample: packages/sample/src/generate.ts -> packages/train/src/index.ts",
      "opener-of-models: packages/sample/src/cli/model-files.ts -> packages/train/src/index.ts",
      `insight-below-views: ${INSIGHT}/next/softmax-words.ts -> ${INSIGHT}/views/sampling.ts`,
      `insight-views-apart: ${INSIGHT}/views/space.ts -> ${INSIGHT}/views/inside/tables.ts`,
      `insight-views-apart: ${INSIGHT}/views/space/tables.ts -> ${INSIGHT}/views/inside/tables.ts`,
      "no-circles: packages/dataset/src/explain-format.ts -> packages/dataset/src/explain.ts",
      "no-circles: packages/dataset/src/pipeline.ts -> packages/dataset/src/step.ts",
      "no-circles: packages/bpe/assembly/merge-pairs.ts -> packages/bpe/assembly/trainer.ts",
    ].sort(),
  );
});
