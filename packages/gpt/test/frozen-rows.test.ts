import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readSafetensors, useEngine, wasmEngine, writeSafetensors } from "@llm/tensor";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Gpt, type GptConfig, WeightsError } from "../src/index.js";

const llama: GptConfig = {
  ...{ vocabSize: 300, blockSize: 8, nLayer: 1, nHead: 4, nKvHead: 2, nEmbd: 32, bias: false },
  ...{ norm: "rms", position: "rope", mlp: { kind: "gated", width: 48 }, activation: "silu" },
};
const CONFIGS: Record<string, GptConfig> = {
  // The table comes in several pieces, the last of a few rows.
  "a large table": { ...llama, vocabSize: 18_003 },
  // q begins with whole panels of 16 rows, k and v do not.
  "heads of odd widths": { ...llama, nHead: 2, headDim: 12 },
  "a head of its own": { ...llama, vocabSize: 9_000, tied: false },
  gpt2: { vocabSize: 9_000, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 32 },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rows-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function save(config: GptConfig): Promise<void> {
  const model = Gpt.create(config, { seed: 1 });
  await model.save(folder);
  model.dispose();
}

async function logits(model: Gpt): Promise<Float32Array> {
  const session = model.session();
  const [last] = await session.step([{ row: 0, ids: [5, 250, 7] }]);
  session.dispose();
  model.dispose();
  return last!;
}

/** Saves the same model with other tensors. */
async function change(edit: (tensors: ReturnType<typeof readSafetensors>["tensors"]) => void): Promise<void> {
  const path = join(folder, "model.safetensors");
  const { tensors } = readSafetensors(await readFile(path));
  edit(tensors);
  await writeFile(path, writeSafetensors(tensors));
}

test("of a large table only pieces are in memory besides what they become", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  await useEngine(await wasmEngine({ threads: 1 }));
  await save({ ...llama, vocabSize: 100_000 });
  const table = 100_000 * 32 * 4;
  let least = Number.POSITIVE_INFINITY;
  let grown = 0;
  const watch = setInterval(() => {
    collect();
    const { arrayBuffers } = process.memoryUsage();
    least = Math.min(least, arrayBuffers); // what was there before may be let go meanwhile
    grown = Math.max(grown, arrayBuffers - least);
  });
  const model = await Gpt.load(folder, { dtype: "int8" });
  clearInterval(watch);
  model.dispose();
  expect(grown).toBeGreaterThan(table / 8); // it was seen
  expect(grown).toBeLessThan(0.75 * table); // 27% of it are the weight in 8 bits, and whole it would be all and more
});

for (const [name, config] of Object.entries(CONFIGS)) {
  test(`rows in pieces are the bits of the whole: ${name}`, async () => {
    const { memory } = await useEngine(await wasmEngine({ threads: 1 }));
    await save(config);
    const files = Object.fromEntries(
      await Promise.all(
        ["config.json", "model.safetensors"].map(
          async (file) => [file, new Uint8Array(await readFile(join(folder, file)))] as const,
        ),
      ),
    );
    for (const dtype of ["bfloat16", "int8", "int4"] as const) {
      const whole = await logits(await Gpt.fromFiles(files, { dtype }));
      expect(await logits(await Gpt.load(folder, { dtype }))).toEqual(whole);
    }
    expect(memory.bytes).toBe(0);
  });
}

test("a value that no group holds, late in a table, is named, and nothing is left", async () => {
  const { memory } = await useEngine(await wasmEngine({ threads: 1 }));
  await save(CONFIGS["a large table"]!);
  await change((tensors) => {
    tensors.get("model.embed_tokens.weight")!.data[18_000 * 32] = Number.NaN;
  });
  await expect(Gpt.load(folder, { dtype: "int8" })).rejects.toThrow(/wte.weight has the value NaN/);
  expect(memory.bytes).toBe(0);
  (await Gpt.load(folder, { dtype: "bfloat16" })).dispose();
});

test("a tied head that the file has too is compared to its last row", async () => {
  const { memory } = await useEngine(await wasmEngine({ threads: 1 }));
  await save(CONFIGS["a large table"]!);
  const copy = (last: number) =>
    change((tensors) => {
      const table = tensors.get("model.embed_tokens.weight")!;
      tensors.set("lm_head.weight", { ...table, data: table.data.slice() });
      tensors.get("lm_head.weight")!.data[18_003 * 32 - 1]! += last;
    });
  await copy(0);
  (await Gpt.load(folder, { dtype: "int8" })).dispose();
  await copy(1);
  await expect(Gpt.load(folder, { dtype: "int8" })).rejects.toThrow(WeightsError);
  expect(memory.bytes).toBe(0);
});
