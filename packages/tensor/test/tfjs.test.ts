import {
  adamw,
  crossEntropy,
  dropout,
  type Engine,
  embedding,
  linear,
  parameter,
  permute,
  referenceEngine,
  rmsNorm,
  scope,
  selfAttention,
  slice,
  tensor,
  useEngine,
  valueAndGrad,
  write,
  zeros,
} from "@llm/tensor";
import { type TfjsModule, tfjs } from "@llm/tensor/tfjs";
import { beforeEach, describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import "./close.js";
import { tfjsEngines } from "./tfjs-engines.js";

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
    adamw(table, grads[0]!, state, options);
    write(table, [1, 2], 3);
    return (await value.data())[0]!;
  });
  for (const each of [table, qkv, state.m, state.v]) each.dispose();
  return loss;
}

describe.each(Object.entries(tfjsEngines))("%s", (_, make) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await useEngine(await make());
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
  await useEngine(await tfjs(poor));
  const before = core.memory().numTensors;
  expect(await step()).toBeCloseTo(expected, 5);
  const first = refusals;
  expect(first).toBeGreaterThan(3);
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
