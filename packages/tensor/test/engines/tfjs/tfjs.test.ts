import {
  adamw,
  cachedAttention,
  cast,
  clipScale,
  crossEntropy,
  dropout,
  embedding,
  globalNorm,
  groupedEmbedding,
  groupedLinear,
  linear,
  linearCrossEntropy,
  matmul,
  muon,
  orthogonalize,
  parameter,
  permute,
  profile,
  quantize,
  quantizedLinear,
  quantizeGroups,
  randomNormal,
  randomUniform,
  referenceEngine,
  reshape,
  rmsNorm,
  ropeQkv,
  ropeTable,
  scope,
  selfAttention,
  slice,
  sum,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  write,
  zeros,
} from "@llm/tensor";
import { type TfjsEngine, type TfjsModule, tfjs } from "@llm/tensor/tfjs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { attentionCases } from "../../attention-cases.js";
import { cases, ids, noise } from "../../cases.js";
import { lossCases } from "../../cases-loss.js";
import { storageCases } from "../../cases-storage.js";
import { fusedCases } from "../../fused-cases.js";
import "../../close.js";
import { llama } from "../../llama.js";
import { tfjsEngines } from "./engines.js";

/** One step of a small model that uses most kernels, forward and backward. */
async function step(): Promise<number> {
  const table = parameter("table", noise(11 * 8, 1), [11, 8]);
  const qkv = parameter("qkv", noise(8 * 24, 2), [8, 24]);
  const state = { m: zeros([11, 8]), v: zeros([11, 8]) };
  const options = { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, step: 1 };
  const loss = await scope(async () => {
    const ids = tensor([1, 5, 9, 2, 2, 7], [2, 3], "int32");
    const { value, grads } = valueAndGrad(() => {
      const x = dropout(embedding(ids, table), 0.2, { seed: 1, step: 1, stream: 1 });
      const attended = selfAttention(linear(rmsNorm(x), qkv), { nHead: 2 });
      return crossEntropy(linear(attended, table, null, { transposed: true }), ids);
    }, [table, qkv]);
    const { scale } = clipScale(grads, { limit: 1, watch: [value] });
    adamw(table, grads[0]!, state, { ...options, gradScale: scale });
    write(table, [1, 2], 3);
    return (await value.data())[0]!;
  });
  for (const each of [table, qkv, state.m, state.v]) each.dispose();
  return loss;
}

/** Every operation of the conformance tests that is small, forward and backward, and what has no gradient. */
async function everyOperation(): Promise<void> {
  for (const { inputs, run } of [...cases, ...fusedCases, ...lossCases, ...storageCases, ...attentionCases]) {
    const lengths = inputs.map((shape) => shape.reduce((a, b) => a * b, 1));
    if (lengths.some((length) => length > 1000)) continue;
    await scope(async () => {
      const parameters = inputs.map((shape, i) => parameter(`${i}`, noise(lengths[i]!, i), shape));
      const { grads } = valueAndGrad(() => sum(run(parameters)), parameters);
      await globalNorm(grads);
      for (const each of parameters) each.dispose();
    });
  }
  await scope(async () => {
    await step();
    const x = randomNormal([3, 48], { seed: 1 });
    orthogonalize(randomUniform([2, 3, 5], { seed: 2 }));
    const turned = parameter("turned", noise(6, 4), [2, 3]);
    const parts = { lr: 1, weightDecay: 0.1, equilibrate: true, varianceDecay: 0.9, cautious: true };
    muon(turned, tensor(noise(6, 5), [2, 3]), { momentum: zeros([2, 3]), variance: zeros([3]) }, parts);
    turned.dispose();
    cast(cast(x, "bfloat16"), "float32");
    const low = parameter("low", noise(9, 3), [3, 3]);
    const wide = matmul(low, x);
    valueAndGrad(() => sum(quantizedLinear(matmul(low, x), quantize(wide), zeros([3]))), [low]);
    const packed = quantizeGroups(noise(3 * 48, 6), [3, 48], { bits: 4 });
    valueAndGrad(() => sum(groupedLinear(matmul(low, x), packed)), [low]);
    groupedEmbedding(tensor([1], [1], "int32"), packed);
    low.dispose();
    const cache = { k: zeros([1, 8, 12]), v: zeros([1, 8, 12]) };
    const table = ropeTable(8, 4);
    for (const offset of [0, 3]) {
      const rotated = (qkv: Tensor) => ropeQkv(qkv, table, { nHead: 4, nKvHead: 2, offset });
      const heads = { nHead: 4, nKvHead: 2, window: 2, softcap: 2 };
      cachedAttention(rotated(reshape(x, [1, 3, 48])), cache, offset, heads);
    }
    const places = { starts: tensor([2], [1], "int32"), rows: tensor([0], [1], "int32") };
    cachedAttention(reshape(x, [1, 3, 48]), cache, places, { nHead: 4, nKvHead: 2 });
  });
}

describe.each(Object.entries(tfjsEngines))("%s", (_, make) => {
  let engine: TfjsEngine;
  beforeEach(async () => {
    engine = await make();
    await useEngine(engine);
  });

  test("runs every kernel on the device", async () => {
    const { Tensor: DeviceTensor } = await import("@tensorflow/tfjs-core");
    const readBack = vi.spyOn(DeviceTensor.prototype, "dataSync");
    const { kernels } = await profile(everyOperation);
    const called = new Set(kernels.map(({ kernel }) => kernel));
    const all = Object.entries(referenceEngine()).filter(
      ([name, method]) => typeof method === "function" && name !== "close",
    );
    expect(all.map(([name]) => name).filter((name) => !called.has(name))).toEqual([]);
    expect([...engine.hostKernels]).toEqual([]);
    expect(readBack).not.toHaveBeenCalled();
    readBack.mockRestore();
  });

  test("trains a small Llama to the same losses as the reference, on the device", async () => {
    const train = async () => {
      const model = await llama(sizes);
      const losses: number[] = [];
      for (let i = 0; i < 8; i++) losses.push(await model.step());
      model.dispose();
      return losses;
    };
    const sizes = { layers: 2, width: 16, nHead: 4, nKvHead: 2, length: 12, batch: 2, vocabulary: 19 };
    const actual = await train();
    expect([...engine.hostKernels]).toEqual([]);
    expect(engine.memory.allocations).toBe(0);
    await useEngine(referenceEngine());
    const expected = await train();
    expect(actual).toBeAllclose(expected, { rtol: 1e-4 });
    expect(expected.at(-1)).toBeLessThan(0.8 * expected[0]!);
  });

  test("makes no more logits at a time than a chunk of them", async () => {
    const core = await import("@tensorflow/tfjs-core");
    const products: number[] = [];
    const matMul = (...args: Parameters<typeof core.matMul>) => {
      const product = core.matMul(...args);
      products.push(product.size);
      return product;
    };
    await useEngine(await tfjs({ ...core, matMul }));
    const [rows, columns, classes] = [12, 3, 40];
    const x = parameter("x", noise(rows * columns, 1), [rows, columns]);
    const w = parameter("w", noise(classes * columns, 2), [classes, columns]);
    const targets = ids([rows], classes);
    scope(() =>
      valueAndGrad(() => linearCrossEntropy(x, w, targets, { chunk: { rows: 4, classes: 30 } }), [x, w]),
    );
    expect(products.length).toBeGreaterThan(6);
    expect(Math.max(...products)).toBe(4 * 30);
    for (const each of [x, w, targets]) each.dispose();
  });

  test("leaves no tensors behind", async () => {
    const { memory } = (await import("@tensorflow/tfjs-core")) as { memory(): { numTensors: number } };
    const before = memory().numTensors;
    for (let i = 0; i < 3; i++) await step();
    expect(memory().numTensors).toBe(before);
    const x = zeros([3]);
    write(x, [1, 2, 3]);
    expect(memory().numTensors).toBe(before + 1);
    x.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test.each([
    ["one block", { xOffset: 2, xStride: 6, outOffset: 1, outStride: 4, rows: 3, columns: 3 }],
    ["rows end to end", { xOffset: 2, xStride: 3, outOffset: 1, outStride: 3, rows: 3, columns: 3 }],
    [
      "strides that do not divide the buffer",
      { xOffset: 1, xStride: 5, outOffset: 3, outStride: 7, rows: 2, columns: 2 },
    ],
    ["rows across a stride", { xOffset: 3, xStride: 4, outOffset: 2, outStride: 4, rows: 3, columns: 3 }],
    ["the same row many times", { xOffset: 1, xStride: 0, outOffset: 0, outStride: 4, rows: 4, columns: 3 }],
    ["one element", { xOffset: 23, xStride: 9, outOffset: 15, outStride: 9, rows: 1, columns: 1 }],
  ])("copies %s, set and added, in floats and ids", async (_, place) => {
    for (const dtype of ["float32", "int32"] as const) {
      for (const accumulate of [false, true]) {
        const results = [engine, referenceEngine()].map(async (on) => {
          const [x, out] = [on.allocate(24, dtype), on.allocate(16, dtype)];
          on.upload(
            x,
            Array.from({ length: 24 }, (_, i) => i + 1),
            0,
          );
          on.upload(
            out,
            Array.from({ length: 16 }, (_, i) => -i),
            0,
          );
          on.copy({ ...place, x, out: { buffer: out, accumulate } });
          return [...(await on.download(out))];
        });
        const [actual, expected] = await Promise.all(results);
        expect(actual).toEqual(expected);
      }
    }
  });

  test("a kernel may not reach past a buffer, use a freed one or one of another engine", () => {
    const x = engine.allocate(4, "float32");
    const rows = { x, xOffset: 2, xStride: 2, outOffset: 0, outStride: 2, rows: 2, columns: 2 };
    expect(() => engine.copy({ ...rows, out: { buffer: x, accumulate: false } })).toThrow("element 6");
    const foreign = referenceEngine().allocate(4, "float32");
    expect(() => engine.add({ a: x, b: foreign, out: x })).toThrow("another engine");
    engine.free(x);
    expect(() => engine.fill(x, 1)).toThrow("freed");
  });

  test("ids are sliced, permuted and overwritten as integers", async () => {
    const ids = tensor([1, 2, 3, 4, 5, 6], [2, 3], "int32");
    write(ids, [9], 1);
    const part = permute(slice(ids, 1, 1, 3), [1, 0]);
    expect(await part.data()).toEqual(Int32Array.from([9, 5, 3, 6]));
    const rows = embedding(part, tensor(noise(10, 1), [10, 1]));
    expect(await rows.data()).toBeAllclose([9, 5, 3, 6].map((id) => noise(10, 1)[id]!));
  });

  test("a value that is read is the one of then, whatever is written meanwhile", async () => {
    const x = tensor([1, 2], [2]);
    const reading = x.data();
    write(x, [3, 4]);
    expect([...(await reading)]).toEqual([1, 2]);
    expect([...(await x.data())]).toEqual([3, 4]);
    const last = x.data();
    x.dispose();
    expect([...(await last)]).toEqual([3, 4]);
  });
});

test("what a backend has no operation for runs on the host, with the same result", async () => {
  const make = tfjsEngines["tfjs cpu"];
  if (!make) return;
  await useEngine(await make());
  const expected = await step();
  const core = await import("@tensorflow/tfjs-core");
  let refusals = 0;
  const refuse = (): never => {
    refusals++;
    throw new Error("Kernel 'Any' not registered for backend 'cpu'");
  };
  const poor: TfjsModule = { ...core, scatterND: refuse, softmax: refuse, square: refuse };
  const engine = await tfjs(poor);
  await useEngine(engine);
  const before = core.memory().numTensors;
  expect(await step()).toBeCloseTo(expected, 5);
  const first = refusals;
  expect(first).toBeGreaterThan(3);
  expect([...engine.hostKernels].sort()).toEqual([
    "adamw",
    "attention",
    "attentionBackward",
    "crossEntropy",
    "crossEntropyBackward",
    "embeddingBackward",
    "norm",
    "sums",
  ]);
  await step();
  expect(refusals).toBe(first); // not asked again
  expect(core.memory().numTensors).toBe(before);
});

test("an error that is not about a missing operation is not hidden", async () => {
  const make = tfjsEngines["tfjs cpu"];
  if (!make) return;
  await make();
  const core = await import("@tensorflow/tfjs-core");
  const broken = () => {
    throw new Error("out of memory");
  };
  await useEngine(await tfjs({ ...core, add: broken }));
  await expect(step()).rejects.toThrow("out of memory");
});
