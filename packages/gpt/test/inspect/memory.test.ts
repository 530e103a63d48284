import { adamw, profile, scope, tensor, useEngine, valueAndGrad, wasmEngine, zeros } from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { ContextLengthError, Gpt, type GptConfig, modern, OptionsError, presets } from "../../src/index.js";
import { estimateMemory } from "../../src/inspect/index.js";

const llama = {
  norm: "rms",
  bias: false,
  mlp: { kind: "gated", width: 160 },
  activation: "silu",
  position: "rope",
} as const;
const base = { vocabSize: 400, blockSize: 256, nLayer: 3, nHead: 4, nEmbd: 64 } as const;

const configs: Record<string, GptConfig> = {
  gpt2: base,
  "llama, shared keys and values": { ...base, ...llama, nKvHead: 2 },
  "llama, a head of its own": { ...base, ...llama, nLayer: 6, tied: false, vocabSize: 1000 },
  "gemma 2": {
    ...base,
    ...llama,
    nKvHead: 1,
    headDim: 32,
    postNorm: true,
    windows: [16, 0, 16],
    attentionSoftcap: 20,
    softcap: 30,
    embeddingScale: 8,
    normOffset: 1,
    qkNorm: "before-rope",
  },
  phi: { ...base, parallel: true, tied: false, position: "rope", rope: { rotaryDim: 8 } },
  nanochat: { ...modern(2), ...base, headDim: 16, windows: 64, valueEmbeddings: [false, true, true] },
  "nanoGPT with dropout": { ...base, bias: false, dropout: 0.2 },
};

/** Off by as much, as a share of what is measured. */
const error = (estimated: number, measured: number) => Math.abs(estimated / measured - 1);

beforeEach(async () => {
  await useEngine(await wasmEngine({ threads: 1 })); // with nothing in its memory yet
});

describe.each(Object.entries(configs))("%s", (_, config) => {
  test.each([
    { batch: 1, T: 8, recompute: false },
    { batch: 2, T: 128, recompute: false },
    { batch: 2, T: 128, recompute: true },
    { batch: 1, T: 256, recompute: true },
  ])("a step of training: %o", async (options) => {
    const { batch: B, T, recompute } = options;
    const model = Gpt.create(config, { seed: 1 });
    const parameters = model.parameters();
    const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
    const { memory } = await profile(() =>
      scope(() => {
        const ids = tensor(new Int32Array(B * T), [B, T], "int32");
        const targets = tensor(new Int32Array(B * T), [B, T], "int32");
        const key = config.dropout ? { training: { seed: 1, step: 1 } } : {};
        const { grads } = valueAndGrad(() => model.loss(ids, targets, { recompute, ...key }), parameters);
        const numbers = { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, step: 1 };
        for (const [i, each] of parameters.entries()) adamw(each, grads[i]!, states[i]!, numbers);
      }),
    );
    const estimate = estimateMemory(config, { ...options, training: true });
    expect(error(estimate.total, memory.peakBytes)).toBeLessThan(0.01);
  });

  test.each([
    { batch: 1, T: 3, prompt: 1, dtype: "float32" },
    { batch: 3, T: 40, prompt: 18, dtype: "float32" },
    { batch: 2, T: 200, prompt: 200, dtype: "float32" },
    { batch: 1, T: 40, prompt: 40, dtype: "bfloat16" },
    { batch: 1, T: 40, prompt: 40, dtype: "int8" },
  ] as const)("decoding: %o", async (options) => {
    const { batch, T, prompt, dtype } = options;
    let model = Gpt.create(config, { seed: 1 });
    if (dtype !== "float32") {
      const files = await model.toFiles();
      model.dispose();
      model = await Gpt.fromFiles(files, { dtype });
    }
    const { memory } = await profile(async () => {
      const session = model.session(batch);
      const entries = (n: number) => session.rows.map((row) => ({ row, ids: new Int32Array(n) }));
      await session.step(entries(prompt));
      for (let t = prompt; t < T; t++) await session.step(entries(1));
    });
    const estimate = estimateMemory(config, { ...options, training: false });
    expect(error(estimate.total, memory.peakBytes)).toBeLessThan(0.05);
  });
});

test("what does not go together is refused", () => {
  const estimate = (options: object) => () =>
    estimateMemory(base, { batch: 1, T: 8, training: false, ...options });
  expect(estimate({})().total).toBe(estimate({ prompt: 8 })().total);
  expect(estimate({ T: 257 })).toThrow(ContextLengthError);
  expect(estimate({ prompt: 9 })).toThrow("prompt is 9; it must be at most T = 8");
  expect(estimate({ training: true, dtype: "int8" })).toThrow("weights that are trained are in float32");
  expect(estimate({ rows: 1 })).toThrow(OptionsError);
});

test("kinds of memory add up, and are what they are called", () => {
  const { total, ...kinds } = estimateMemory(presets.gpt2, { batch: 1, T: 16, training: true });
  expect(Object.values(kinds).reduce((sum, bytes) => sum + bytes)).toBe(total);
  const N = 4 * 124_439_808;
  expect(kinds).toMatchObject({ weights: N, moments: 2 * N, cache: 0 });
});
