import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { engine, useEngine } from "@llm/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LLMCOptions, readLLMC, writeLLMC } from "../../src/formats/index.js";
import { ConfigError, Gpt, type GptConfig, OptionsError, WeightsError } from "../../src/index.js";
import { expectClose, golden, goldenPath, logitsOf } from "./golden.js";

let folder: string;
beforeAll(async () => {
  await useEngine("reference", { precision: "float64" });
  folder = mkdtempSync(join(tmpdir(), "llm-gpt-llmc-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const types = ["float32", "bfloat16"] as const;

describe.each(types)("%s", (dtype) => {
  const name = `llmc-${dtype}`;

  test("a checkpoint gives the logits of the model it was made from", async () => {
    const { ids, logits } = golden(name);
    const model = await readLLMC(goldenPath(`${name}.bin`));
    expect(model.config).toMatchObject({ vocabSize: 29, blockSize: 12, nLayer: 2, nHead: 2, nEmbd: 8 });
    expectClose(await logitsOf(model, ids), logits.flat(), 1e-9);
  });

  test("and is written again to the byte, to a file and to a stream", async () => {
    const original = readFileSync(goldenPath(`${name}.bin`));
    const model = await readLLMC(new Blob([original]));
    await writeLLMC(model, at("again.bin"), { dtype });
    expect(readFileSync(at("again.bin"))).toEqual(original);
    const chunks: Uint8Array[] = [];
    await writeLLMC(model, new WritableStream({ write: (chunk) => void chunks.push(chunk) }), { dtype });
    expect(Buffer.concat(chunks)).toEqual(original);
    expect(readdirSync(folder)).toEqual(["again.bin"]);
  });
});

test("a model without biases has zeros; values are rounded to the nearest, ties to even", async () => {
  const config: GptConfig = { vocabSize: 128, blockSize: 4, nLayer: 1, nHead: 2, nEmbd: 4, bias: false };
  const model = Gpt.create(config, { seed: 1 });
  await writeLLMC(model, at("unbiased.bin"));
  const read = await readLLMC(at("unbiased.bin"));
  expectClose(await logitsOf(read, [1, 2, 3]), await logitsOf(model, [1, 2, 3]), 1e-6);
  await writeLLMC(model, at("rounded.bin"), { dtype: "bfloat16" });
  await model.save(at("rounded"), { dtype: "bfloat16" });
  const [one, other] = [await readLLMC(at("rounded.bin")), await Gpt.load(at("rounded"))];
  expect(await logitsOf(one, [1, 2, 3])).toEqual(await logitsOf(other, [1, 2, 3]));
});

describe("files that are not read", () => {
  const original = readFileSync(goldenPath("llmc-float32.bin"));
  const changed = (numbers: Record<number, number>, bytes: Buffer = Buffer.from(original)) => {
    for (const [i, value] of Object.entries(numbers)) bytes.writeInt32LE(value, 4 * Number(i));
    return new Uint8Array(bytes);
  };
  test.each([
    ["another file", changed({ 0: 1 }), "begins with 20240326"],
    ["a tokenizer", changed({ 0: 20_240_328 }), "a tokenizer of llm.c"],
    ["tokens", changed({ 0: 20_240_520 }), "tokens of llm.c"],
    ["Llama 3", changed({ 0: 20_240_803 }), "a Llama 3 checkpoint of llm.c"],
    ["an old version", changed({ 1: 1 }), "has version 1; 3 (float32) and 5 (bfloat16)"],
    ["no layers", changed({ 4: 0 }), "nLayer is 0"],
    ["many layers", changed({ 4: 1_000_000 }), "nLayer is 1000000"],
    ["a negative width", changed({ 6: -8 }), "nEmbd is -8"],
    ["an enormous width", changed({ 6: 2 ** 31 - 1 }), "bytes where its header asks for"],
    ["an enormous vocabulary", changed({ 3: 2 ** 30, 7: 2 ** 30 }), "bytes where its header asks for"],
    ["a vocabulary beyond the padding", changed({ 3: 129 }), "smaller than the vocabulary of 129"],
    ["heads that do not fit", changed({ 5: 3 }), "nEmbd"],
    ["a cut header", original.subarray(0, 1000), "cut short"],
    ["a cut tensor", original.subarray(0, -1), "cut short"],
    ["more than there should be", Buffer.concat([original, Buffer.alloc(4)]), "12548 bytes where"],
    ["another type than it says", changed({ 1: 5 }), "12544 bytes where its header asks for 6784"],
    ["nothing", new Uint8Array(0), "cut short"],
  ])("%s", async (_, bytes, words) => {
    const { allocations } = engine().memory;
    await expect(readLLMC(bytes)).rejects.toThrow(words);
    await expect(readLLMC(bytes)).rejects.toSatisfy(
      (error) => error instanceof WeightsError || error instanceof ConfigError,
    );
    expect(engine().memory.allocations).toBe(allocations);
  });

  test("a path where nothing is, and what is no file", async () => {
    await expect(readLLMC(at("nowhere.bin"))).rejects.toThrow(WeightsError);
    await expect(readLLMC(7 as never)).rejects.toThrow(OptionsError);
  });
});

describe("models that are not written", () => {
  const config: GptConfig = { vocabSize: 17, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 8 };
  test.each([
    [{ activation: "gelu-erf" }, 'activation is "gelu-erf"'],
    [{ tied: false }, "tied is false"],
    [{ norm: "rms", bias: false }, 'norm is "rms"'],
    [{ mlp: { width: 16 } }, "mlp is"],
    [{ normEps: 1e-6 }, "normEps is"],
    [{ nKvHead: 1 }, "nKvHead is 1"],
    [{ position: "rope" }, "position is"],
    [{ bias: { head: true }, tied: true }, "bias is"],
  ] satisfies [Partial<GptConfig>, string][])("%o", async (change, words) => {
    const model = Gpt.create({ ...config, ...change }, { seed: 1 });
    const written = writeLLMC(model, at("refused.bin"));
    await expect(written).rejects.toThrow(ConfigError);
    await expect(written).rejects.toThrow(words);
    expect(readdirSync(folder)).not.toContain("refused.bin");
  });

  test("mistakes in options are named, a signal leaves the old file", async () => {
    const model = Gpt.create(config, { seed: 1 });
    await expect(writeLLMC(model, at("x.bin"), { dtype: "float16" } as never as LLMCOptions)).rejects.toThrow(
      "dtype",
    );
    writeFileSync(at("kept.bin"), "old");
    const stopped = writeLLMC(model, at("kept.bin"), { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow("aborted");
    expect(readFileSync(at("kept.bin"), "utf8")).toBe("old");
    await expect(writeLLMC(model, 7 as never)).rejects.toThrow(OptionsError);
  });
});

const python = process.env["LLM_PYTHON"] ?? "python3";
const hasTorch = spawnSync(python, ["-c", "import torch, transformers"]).status === 0;
if (!hasTorch) console.log(`skipped: opening llm.c files with torch (${python} has none; set LLM_PYTHON)`);
test.skipIf(!hasTorch)(
  "a reader of its own agrees on what we write",
  async () => {
    const script = fileURLToPath(new URL("../golden/formats.py", import.meta.url));
    const model = Gpt.create({ vocabSize: 130, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8 }, { seed: 1 });
    for (const dtype of types) {
      await writeLLMC(model, at("ours.bin"), { dtype });
      const answer = execFileSync(python, [script, "llmc", at("ours.bin"), "[1,129,3]"], {
        encoding: "utf8",
      });
      expectClose(
        await logitsOf(await readLLMC(at("ours.bin")), [1, 129, 3]),
        JSON.parse(answer).flat(),
        1e-9,
      );
    }
  },
  120_000,
);
