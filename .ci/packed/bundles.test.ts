// Programs that are bundled for Node, as ESM and as CommonJS: run where the packages are installed, and where nothing is.
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { emptyProject, wholeProject } from "./consumer.js";

const formats = [
  { format: "esm", extension: "mjs" },
  { format: "cjs", extension: "cjs" },
] as const;

/** Runs `main` of a module, which CommonJS cannot wait for at its top; `here` is the bundle's own path or URL. */
const program = (code: string) => `
  import { isMainThread } from "node:worker_threads";
  const here = typeof __filename === "string" ? __filename : new URL(import.meta.url);
  const told = (error) => console.log(error.name + ": " + error.message.split(".")[0]);
  ${code}
  if (isMainThread) main();`;

const tensorProgram = program(`
  import { doctor, scale, tensor, useEngine } from "@llm/tensor";
  async function main() {
    const { name } = await useEngine("auto");
    console.log(name, (await scale(tensor([1, 2], [2]), 3).data()).join());
    console.log((await doctor()).find((engine) => engine.name === "reference").available);
  }`);

const bpeProgram = program(`
  import { train } from "@llm/bpe";
  async function main() {
    const texts = Array.from({ length: 400 }, (_, i) => "she sells sea shells " + i + " by the sea shore ".repeat(50));
    const tokenizer = await train(texts, { vocabSize: 300, workers: 2 });
    const ids = await tokenizer.encodeBatch(texts, { workers: 2 });
    tokenizer.stopWorkers();
    console.log(ids.length, tokenizer.decode(ids[7]) === texts[7]);
  }`);

const datasetProgram = program(`
  import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
  import { tmpdir } from "node:os";
  import { join } from "node:path";
  import { documents, extract, filter, pipeline as pipe } from "@llm/dataset";
  import { readFolder, run, writeJsonl } from "@llm/dataset/node";
  const folder = process.env.FOLDER ??= mkdtempSync(join(tmpdir(), "bundled-"));
  const even = filter("even", ({ text }) => Number(text) % 2 === 0 ? { keep: true } : { keep: false, reason: "odd" });
  export const pipeline = pipe(readFolder(join(folder, "in")), even, writeJsonl(join(folder, "out")));
  const show = ([{ steps }]) => console.log(steps.map((step) => step.in + " -> " + step.out).join(), readdirSync(join(folder, "out")).length);
  async function main() {
    mkdirSync(join(folder, "in"));
    for (const file of [0, 1]) writeFileSync(join(folder, "in", file + ".jsonl"), '{"text":"1"}\\n{"text":"2"}\\n');
    show(await run(pipeline, { tasks: 2, logDir: join(folder, "log") }));
    rmSync(join(folder, "out"), { recursive: true });
    await run(here, { tasks: 2, workers: 2, logDir: join(folder, "log-of-workers") }).then(show, told);
    const page = "<html><body><article><p>" + "A river bends where it meets harder stone. ".repeat(9) + "</p></article><footer>All rights reserved</footer></body></html>";
    for await (const { text } of pipe(documents([{ id: "page", text: page, meta: { format: "html" } }]), extract()).docs())
      console.log(text.includes("A river bends"));
    rmSync(folder, { recursive: true });
  }`);

/** Writes the bundle in the project that has all packages and in an empty one, and answers how to run each. */
async function bundled(name: string, code: string, { format, extension }: (typeof formats)[number]) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: wholeProject.folder, loader: "js" },
    bundle: true,
    write: false,
    format,
    platform: "node",
    logLevel: "silent",
  });
  const file = `${name}.${extension}`;
  const empty = emptyProject();
  for (const project of [wholeProject, empty]) project.write(file, outputFiles[0]!.contents);
  return { installed: () => wholeProject.runs(file), alone: () => empty.runs(file) };
}

describe.each(formats)("a bundle as $format", (format) => {
  test("@llm/tensor takes an engine that works", async () => {
    const { installed, alone } = await bundled("tensor", tensorProgram, format);
    expect(await installed()).toMatch(/^(?:native|wasm) 3,6\ntrue\n$/);
    // There is no koffi beside it.
    expect(await alone()).toBe("wasm 3,6\ntrue\n");
  });

  test("@llm/bpe trains and encodes with workers", async () => {
    const { alone } = await bundled("bpe", bpeProgram, format);
    expect(await alone()).toBe("400 true\n");
  });

  test("@llm/dataset runs in this thread, extracts in a worker, and starts workers where it is installed", async () => {
    const { installed, alone } = await bundled("dataset", datasetProgram, format);
    const steps = "4 -> 4,4 -> 2 2\n";
    expect(await installed()).toBe(`${steps}${steps}true\n`);
    expect(await alone()).toBe(
      `${steps}BundledError: Worker threads and jobs start files of @llm/dataset, which is bundled here and not installed\ntrue\n`,
    );
  });
});
