// A row's logits have the same bits however its text was taken in, beside whatever other rows: on every engine here, with one
// thread and with two, for weights of every type.
import { doctor, rng, useEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { Gpt, type GptConfig } from "../src/index.js";

const V = 37;
const T = 72;
const base = { vocabSize: V, blockSize: 80, nLayer: 2, nHead: 2, nEmbd: 24 } satisfies GptConfig;

/** Sizes that are no multiples of anything, biases, shared heads, windows and caps. */
const configs: Record<string, GptConfig> = {
  gpt2: base,
  gemma: {
    ...base,
    nHead: 4,
    nKvHead: 2,
    headDim: 10,
    norm: "rms",
    position: "rope",
    mlp: { kind: "gated", width: 50 },
    activation: "gelu",
    bias: false,
    windows: [0, 20],
    attentionSoftcap: 5,
    softcap: 3,
  },
};

const available = new Set((await doctor()).filter(({ available }) => available).map(({ name }) => name));
const engines = (["wasm", "native"] as const).filter((name) => available.has(name));
if (!available.has("native")) console.log("Skipped: sessions on native, which is not available here");

const next = rng(3);
const below = (n: number) => Math.floor(n * next());
const text = Array.from({ length: T }, () => below(V));
const bitsOf = (logits: Float32Array) => [...new Int32Array(logits.slice().buffer)];

async function make(config: GptConfig, dtype: "float32" | "bfloat16" | "int8"): Promise<Gpt> {
  const model = Gpt.create(config, { seed: 4 });
  const files = await model.toFiles();
  model.dispose();
  return Gpt.fromFiles(files, { dtype });
}

describe.each(engines.flatMap((name) => [1, 2].map((threads) => [name, threads] as const)))(
  "%s, threads %i",
  (name, threads) => {
    test.each(
      Object.keys(configs).flatMap((key) =>
        (["float32", "bfloat16", "int8"] as const).map((dtype) => [key, dtype] as const),
      ),
    )("%s in %s", async (key, dtype) => {
      await useEngine(name, { threads });
      const model = await make(configs[key]!, dtype);
      const session = model.session();
      const [all] = await session.step([{ row: 0, ids: text }], { logits: "all" });
      /** The bits of the logits behind each position, of the whole text at once. */
      const expected = text.map((_, t) => bitsOf(all!.subarray(t * V, (t + 1) * V)));

      // In pieces, each of which is forgotten once and taken in again behind another text, in another row.
      session.truncate(0, 0);
      let row = 0;
      while (session.length(row) < T) {
        const start = session.length(row);
        const count = Math.min(T - start, 1 + below(below(2) ? 4 : 30));
        const fork = session.fork(row);
        const [piece] = await session.step([{ row: fork, ids: text.slice(start, start + count) }], {
          logits: "all",
        });
        for (let t = 0; t < count; t++) {
          expect(bitsOf(piece!.subarray(t * V, (t + 1) * V))).toEqual(expected[start + t]);
        }
        session.free(row);
        if (start + count < T) {
          await session.step([{ row: fork, ids: Array.from({ length: 1 + below(5) }, () => below(V)) }]);
          session.truncate(fork, start + count);
        }
        row = fork;
      }
      session.dispose();

      // Many rows at once, each further in the text than the one before; some are given more than one id.
      for (const rows of [2, 3, 4, 6, 17, 64]) {
        const many = model.session(rows);
        await many.step(many.rows.map((row) => ({ row, ids: text.slice(0, row + 1) })));
        const entries = many.rows.map((row) => ({
          row,
          ids: text.slice(row + 1, row + 2 + (row % 7 === 3 ? below(5) : 0)),
        }));
        const logits = await many.step(entries);
        for (const [i, { row, ids }] of entries.entries()) {
          expect(bitsOf(logits[i]!)).toEqual(expected[row + ids.length]);
        }
        many.dispose();
      }
      model.dispose();
    });
  },
);
