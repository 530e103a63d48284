// A row's logits have the same bits however its text was taken in, beside whatever other rows, with one thread and with two: on
// every engine here, for weights of every type.
import { doctor, type Engine, nativeEngine, rng, useEngine, wasmEngine } from "@llm/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { Gpt, type GptConfig, type WeightDType } from "../src/index.js";

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

/** Every code that there is: with and without fused multiply-adds, in vectors of both widths. */
const codes: Record<string, (threads: number) => Promise<Engine>> = {
  wasm: (threads) => wasmEngine({ threads }),
  "wasm without fma": (threads) => wasmEngine({ threads, variant: "baseline" }),
};
if ((await doctor()).find(({ name }) => name === "native")?.available) {
  for (const products of ["avx2", "avx512"] as const) {
    try {
      await (await nativeEngine({ products, threads: 1 })).close();
      codes[`native ${products}`] = (threads) => nativeEngine({ products, threads });
    } catch (error) {
      console.log(`Skipped: native ${products}: ${(error as Error).message}`);
    }
  }
} else console.log("Skipped: sessions on native, which is not available here");

const next = rng(3);
const below = (n: number) => Math.floor(n * next());
const text = Array.from({ length: T }, () => below(V));
const bitsOf = (logits: Float32Array) => [...new Int32Array(logits.slice().buffer)];

async function create(config: GptConfig, dtype: WeightDType): Promise<Gpt> {
  const model = Gpt.create(config, { seed: 4 });
  const files = await model.toFiles();
  model.dispose();
  return Gpt.fromFiles(files, { dtype });
}

/** Sees that rows have the expected bits in pieces of the text, each of which is forgotten once and taken in again in a fork. */
async function takeInPieces(model: Gpt, expected: number[][]) {
  const session = model.session();
  let row = 0;
  while (session.length(row) < T) {
    const start = session.length(row);
    const count = Math.min(T - start, 1 + below(below(2) ? 4 : 30));
    const fork = session.fork(row);
    const ids = text.slice(start, start + count);
    const [piece] = await session.step([{ row: fork, ids }], { logits: "all" });
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
}

/** The same of many rows at once, each further in the text than the one before; some are given more than one id. */
async function takeTogether(model: Gpt, rows: number, expected: number[][]) {
  const session = model.session(rows);
  await session.step(session.rows.map((row) => ({ row, ids: text.slice(0, row + 1) })));
  const entries = session.rows.map((row) => ({
    row,
    ids: text.slice(row + 1, row + 2 + (row % 7 === 3 ? below(5) : 0)),
  }));
  const logits = await session.step(entries);
  for (const [i, { row, ids }] of entries.entries()) {
    expect(bitsOf(logits[i]!)).toEqual(expected[row + ids.length]);
  }
  session.dispose();
}

describe.each(Object.entries(codes))("%s", async (_, make) => {
  const engines = [await make(1), await make(2)];
  afterAll(() => Promise.all(engines.map((engine) => engine.close())));
  test.each(
    Object.keys(configs).flatMap((key) =>
      (["float32", "bfloat16", "int8", "int4"] as const).map((dtype) => [key, dtype] as const),
    ),
  )("%s in %s", async (key, dtype) => {
    /** The bits of the logits behind each position, of the whole text at once on one thread. */
    let expected: number[][] | undefined;
    for (const threads of [1, 2]) {
      await useEngine(engines[threads - 1]!);
      const model = await create(configs[key]!, dtype);
      const session = model.session();
      const [all] = await session.step([{ row: 0, ids: text }], { logits: "all" });
      session.dispose();
      const bits = text.map((_, t) => bitsOf(all!.subarray(t * V, (t + 1) * V)));
      expected ??= bits;
      expect(bits).toEqual(expected);
      await takeInPieces(model, expected);
      for (const rows of [2, 3, 4, 6, 17, 64]) await takeTogether(model, rows, expected);
      model.dispose();
    }
  });
});
