import { selfAttention, type Tensor, tensor, useEngine, valueAndGrad, wasmEngine } from "@llm/tensor";
import { beforeAll, expect, test } from "vitest";
import { ContextLengthError, completeConfig, Gpt, type GptConfig, presets } from "../src/index.js";
import { layout, sizeOf } from "../src/layout.js";

const tiny: GptConfig = { vocabSize: 17, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8 };
const count = (name: keyof typeof presets) =>
  layout(completeConfig(presets[name])).reduce((total, { shape }) => total + sizeOf(shape), 0);

beforeAll(() => useEngine("reference"));

test("parameter counts of the published sizes", () => {
  expect(count("gpt2")).toBe(124_439_808);
  expect(count("gpt2-medium")).toBe(354_823_168);
  expect(count("gpt2-large")).toBe(774_030_080);
  expect(count("gpt2-xl")).toBe(1_557_611_200);
});

test("FLOPs per token, term by term", () => {
  const model = Gpt.create(tiny, { seed: 1 });
  // Of the multiply-adds of matrices, 6 each: qkv, two projections and two MLP matrices per layer, and the head.
  const matrices = 2 * (8 * 24 + 8 * 8 + 8 * 32 + 32 * 8) + 17 * 8;
  const vectors = 2 * (24 + 8 + 32 + 8 + 4 * 8) + 2 * 8;
  // Of attention: q.k and weights.v, 2 T C each per layer, times 3 for forward and backward.
  const attention = 3 * 2 * (2 * 5 * 8 + 2 * 5 * 8);
  expect(model.flopsPerToken(5)).toBe(6 * (matrices + vectors) + attention);
});

test("initial weights follow GPT-2's laws", async () => {
  const config = { ...tiny, vocabSize: 300, nEmbd: 64, nLayer: 8 };
  const model = Gpt.create(config, { seed: 3 });
  for (const weight of model.parameters()) {
    const data = Float64Array.from(await weight.data());
    const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
    const std = Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length);
    const expected = weight.name.endsWith(".c_proj.weight")
      ? 0.02 / Math.sqrt(16)
      : weight.shape.length === 2
        ? 0.02
        : 0;
    expect(Math.abs(std - expected), weight.name).toBeLessThanOrEqual(0.08 * expected);
    const centre = /ln_.*weight$/.test(weight.name) ? 1 : 0;
    expect(Math.abs(mean - centre), weight.name).toBeLessThanOrEqual(0.1 * expected);
  }
});

test("the seed decides the weights, and each weight has its own", async () => {
  const values = async (seed: number) =>
    Promise.all(
      Gpt.create(tiny, { seed })
        .parameters()
        .map((weight) => weight.data()),
    );
  expect(await values(5)).toEqual(await values(5));
  expect((await values(5))[0]).not.toEqual((await values(6))[0]);
  const [wte, wpe] = await values(5);
  expect(wte!.slice(0, 8)).not.toEqual(wpe!.slice(0, 8));
});

test("a new model's loss is about ln(vocabSize)", async () => {
  const model = Gpt.create(tiny, { seed: 1 });
  const ids = tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 8], "int32");
  const targets = tensor([16, 0, 9, 14, 3, 12, 5, 1], [1, 8], "int32");
  const [loss] = await model.loss(ids, targets).data();
  expect(Math.abs(loss! - Math.log(17))).toBeLessThan(0.05);
});

test("no position sees a later one", async () => {
  const model = Gpt.create(tiny, { seed: 2 });
  const logits = async (ids: number[]) => model.forward(tensor(ids, [1, 5], "int32")).data();
  const a = await logits([1, 2, 3, 4, 5]);
  const b = await logits([1, 2, 3, 9, 5]);
  expect(a.slice(0, 3 * 17)).toEqual(b.slice(0, 3 * 17));
  expect(a.slice(3 * 17, 4 * 17)).not.toEqual(b.slice(3 * 17, 4 * 17));
  expect(a.slice(4 * 17)).not.toEqual(b.slice(4 * 17));
});

test("dropout: keyed by seed and step, off outside training", async () => {
  const model = Gpt.create({ ...tiny, dropout: 0.3 }, { seed: 2 });
  const ids = tensor([1, 2, 3, 4], [1, 4], "int32");
  const logits = (step?: number) =>
    model.forward(ids, step === undefined ? {} : { training: { seed: 7, step } }).data();
  expect(await logits(1)).toEqual(await logits(1));
  expect(await logits(1)).not.toEqual(await logits(2));
  const still = Gpt.create(tiny, { seed: 2 });
  expect(await logits()).toEqual(await still.forward(ids).data());
});

test("dropout of attention's weights: in each layer its own, in training only", async () => {
  const [p, seed, step] = [0.4, 7, 3];
  const model = Gpt.create({ ...tiny, dropout: p }, { seed: 2 });
  const attention = async (training?: { seed: number; step: number }) => {
    const seen = new Map<string, Tensor>();
    const capture = (name: string, each: Tensor) => void seen.set(name, each);
    model.forward(tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 8], "int32"), {
      ...(training && { training }),
      capture,
    });
    const layers = [0, 1].map(async (layer) => {
      const qkv = seen.get(`h.${layer}.attn.c_attn`)!;
      const dropout = { p, seed, step, stream: 3 * layer + 1 };
      return {
        captured: await seen.get(`h.${layer}.attn`)!.data(),
        plain: await selfAttention(qkv, { nHead: tiny.nHead }).data(),
        dropped: await selfAttention(qkv, { nHead: tiny.nHead, dropout }).data(),
      };
    });
    return Promise.all(layers);
  };
  for (const { captured, plain, dropped } of await attention({ seed, step })) {
    expect(captured).toEqual(dropped);
    expect(captured).not.toEqual(plain);
  }
  for (const { captured, plain } of await attention()) expect(captured).toEqual(plain);
});

test.each(["reference", "wasm"] as const)("recompute: the same loss and gradients, %s", async (name) => {
  await useEngine(name);
  const model = Gpt.create({ ...tiny, dropout: 0.3 }, { seed: 2 });
  const ids = tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 4], "int32");
  const step = async (recompute: boolean, key: number) => {
    const { value, grads } = valueAndGrad(
      () => model.loss(ids, ids, { training: { seed: 7, step: key }, recompute }),
      model.parameters(),
    );
    return Promise.all([value, ...grads].map((each) => each.data()));
  };
  expect(await step(true, 1)).toEqual(await step(false, 1));
  expect(await step(true, 1)).not.toEqual(await step(true, 2));
  await useEngine("reference");
});

test("recompute: activations no longer grow with the depth", async () => {
  const peak = async (nLayer: number, recompute: boolean) => {
    const engine = await useEngine(await wasmEngine());
    const model = Gpt.create({ ...tiny, blockSize: 512, nLayer }, { seed: 2 });
    const ids = tensor(new Int32Array(512), [1, 512], "int32");
    const weights = engine.memory.bytes;
    valueAndGrad(() => model.loss(ids, ids, { recompute }), model.parameters());
    return engine.memory.peakBytes - weights;
  };
  const grown = async (recompute: boolean) => (await peak(8, recompute)) - (await peak(4, recompute));
  // Of about 16 activations (B, T, C) a block, one is kept.
  expect(await grown(true)).toBeLessThan((await grown(false)) / 6);
  await useEngine("reference");
});

test("more positions than blockSize are refused", () => {
  const model = Gpt.create(tiny, { seed: 2 });
  expect(() => model.forward(tensor(new Int32Array(9), [1, 9], "int32"))).toThrow(ContextLengthError);
  expect(() => model.forward(tensor(new Int32Array(9), [9], "int32"))).toThrow("(B, T)");
});
