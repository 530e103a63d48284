// What the suites that all engines share do not look at: sizes past the limits of one dimension, the least that a GPU may have, the
// edges of float32, and what a device does wrong.
import {
  add,
  type Engine,
  EngineError,
  gelu,
  groupedLinear,
  linear,
  matmul,
  mul,
  OutOfMemoryError,
  parameter,
  quantizeGroups,
  referenceEngine,
  scope,
  selfAttention,
  softcap,
  softmax,
  sum,
  tensor,
  useEngine,
  valueAndGrad,
  zeros,
} from "@llm/tensor";
import { webgpu } from "@llm/tensor/webgpu";
import { beforeAll, expect, test } from "vitest";
import { requestDevice } from "../../../src/engines/webgpu/adapter.js";
import { noise } from "../../cases.js";
import { llama } from "../../llama.js";
import "../../close.js";
import { closedAtEnd } from "../closed-at-end.js";
import { describeWebgpu, webgpuEngines } from "./engines.js";
import { engineOnShared, ownAdapter } from "./shared-gpu.js";
import { webgpuFrom } from "./software.js";

const make = webgpuEngines["webgpu"];

describeWebgpu("what it alone has", () => {
  let engine: Awaited<ReturnType<NonNullable<typeof make>>>;
  beforeAll(async () => {
    engine = await make!();
  });
  const use = async () => {
    await useEngine(engine);
    return engine;
  };

  test("says what it runs on, and that it is software", () => {
    expect(engine.device).toMatch(/^WebGPU, .*swiftshader.*\(software\)$/i);
  });

  test("a training step that is warm makes nothing, waits once, and submits seldom", async () => {
    await use();
    const size = { width: 32, nHead: 4, nKvHead: 2, length: 12, batch: 2, vocabulary: 31 };
    const model = await llama({ layers: 3, ...size });
    for (let i = 0; i < 3; i++) await model.step();
    const before = engine.counts();
    await model.step();
    const after = engine.counts();
    expect({ ...after, submits: 0, downloads: 0 }).toEqual({ ...before, submits: 0, downloads: 0 });
    expect(after.downloads - before.downloads).toBe(1); // for its norm and its loss
    expect(after.submits - before.submits).toBeLessThanOrEqual(10);
    model.dispose();
  }, 120_000);

  test("it trains to the losses of reference", async () => {
    const losses = async (on: Engine) => {
      await useEngine(on);
      const size = { width: 16, nHead: 4, nKvHead: 2, length: 9, batch: 2, vocabulary: 23 };
      const model = await llama({ layers: 2, ...size });
      const found: number[] = [];
      for (let i = 0; i < 12; i++) found.push(await model.step());
      model.dispose();
      return found;
    };
    const expected = await losses(closedAtEnd(referenceEngine()));
    expect(await losses(engine)).toBeAllclose(expected, { rtol: 1e-4, atol: 0 });
    expect(expected.at(-1)).toBeLessThan(expected[0]!);
  }, 120_000);

  test("more elements than one dimension has workgroups for", async () => {
    const on = await use();
    const length = 17_000_001;
    const [a, b, c] = [0, 1, 2].map(() => on.allocate(length, "float32"));
    on.fill(a!, 0.5);
    on.fill(b!, 0.25);
    on.add({ a: a!, b: b!, out: c! });
    const total = on.allocate(1, "float32");
    on.sum({ x: c!, factor: 1, out: total });
    expect((await on.download(total))[0]! / (0.75 * length)).toBeCloseTo(1, 6);
    on.fill(c!, 0);
    const d = on.allocate(length, "float32");
    on.fill(d, 0);
    const settings = { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, step: 1, gradScale: 1 };
    on.adamw({ tensors: [{ parameter: a!, grad: b!, m: c!, v: d, weightDecay: 0 }], ...settings });
    on.sum({ x: a!, factor: 1 / length, out: total });
    expect((await on.download(total))[0]).toBeCloseTo(0.4, 5);
    on.columnSums({ x: a!, out: { buffer: total, accumulate: false }, rows: length, columns: 1 });
    expect((await on.download(total))[0]! / (0.4 * length)).toBeCloseTo(1, 5);
    for (const each of [a!, b!, c!, d, total]) on.free(each);
  }, 240_000);

  test("more workgroups than a dimension has, of rows, tiles, batches and sums of columns, where that is 7", async () => {
    const few = closedAtEnd(await engineOnShared(webgpuFrom!, { maxComputeWorkgroupsPerDimension: 7 }));
    const oracle = closedAtEnd(referenceEngine({ precision: "float64" }));
    const run = async (on: Engine) => {
      await useEngine(on);
      const some = (...shape: number[]) => {
        const length = shape.reduce((a, b) => a * b, 1);
        return parameter(`${shape}`, noise(length, 1).map(Math.fround), shape);
      };
      const [a, b, x, w] = [some(17, 3, 5), some(17, 5, 4), some(20, 6), some(6, 600)];
      const { value, grads } = valueAndGrad(() => {
        const parts = [matmul(a, b), softmax(linear(x, w))];
        return parts.map((each) => sum(mul(each, each))).reduce(add);
      }, [a, b, x, w]);
      const [rows, columns] = [2100, 70];
      const [tall, sums] = [rows * columns, columns].map((length) => on.allocate(length, "float32"));
      on.upload(tall!, noise(rows * columns, 2).map(Math.fround), 0);
      on.columnSums({ x: tall!, out: { buffer: sums!, accumulate: false }, rows, columns });
      return Promise.all([on.download(sums!), ...[value, ...grads].map((each) => each.data())]);
    };
    const expected = await run(oracle);
    for (const [i, each] of (await run(few)).entries()) {
      expect(each, `${i}`).toBeAllclose(expected[i]!, { rtol: 2e-5, atol: 1e-5 });
    }
  }, 120_000);

  test("heads of any width, in blocks that fit the least workgroup memory that a GPU may have", async () => {
    const least = closedAtEnd(webgpu((await (await ownAdapter()).requestDevice({})) as never));
    const oracle = closedAtEnd(referenceEngine({ precision: "float64" }));
    // Each wants smaller blocks than the one before it: forward from 16 x 8 on, backward down to 4 x 2.
    for (const headDim of [124, 168, 300]) {
      const [length, width] = [19, 4 * headDim];
      const run = async (on: Engine) => {
        await useEngine(on);
        const qkv = parameter("qkv", noise(length * width, 1).map(Math.fround), [1, length, width]);
        let out: Promise<ArrayLike<number>> | undefined;
        const { grads } = valueAndGrad(() => {
          const attended = selfAttention(qkv, { nHead: 2, nKvHead: 1, window: 11, softcap: 3 });
          out = attended.data();
          return sum(mul(attended, tensor(noise(attended.size, 2), attended.shape)));
        }, [qkv]);
        return [await out!, await grads[0]!.data()];
      };
      const expected = await run(oracle);
      for (const [i, each] of (await run(least)).entries()) {
        expect(each, `${headDim}`).toBeAllclose(expected[i]!, { rtol: 1e-5, atol: 1e-5 });
      }
    }
    await useEngine(least);
    expect(() => selfAttention(zeros([1, 2, 3 * 700]), { nHead: 1 })).toThrow(
      "Heads of 700 columns do not fit into this GPU's maxComputeWorkgroupStorageSize of 16384 bytes.",
    );
  }, 240_000);

  test.each(["gelu", "gelu-erf", "silu", "relu2"] as const)("%s of very large numbers", async (kind) => {
    const on = await use();
    const values = Float32Array.of(-1000, -30, -15, 0, 15, 30, 1000);
    const run = async (each: Engine) => {
      const [x, out, ones, dX] = [0, 1, 2, 3].map(() => each.allocate(values.length, "float32"));
      each.upload(x!, values, 0);
      each.fill(ones!, 1);
      each.activation({ kind, x: x!, out: out! });
      each.activationBackward({ kind, x: x!, dOut: ones!, dX: { buffer: dX!, accumulate: false } });
      const results = [await each.download(out!), await each.download(dX!)];
      for (const buffer of [x!, out!, ones!, dX!]) each.free(buffer);
      return results;
    };
    const expected = await run(closedAtEnd(referenceEngine({ precision: "float64" })));
    const actual = await run(on);
    for (const [i, each] of actual.entries()) {
      expect(each).toBeAllclose(expected[i]!, { rtol: 1e-5, atol: 1e-6 });
    }
  });

  test("logits of a million, caps of numbers far beyond them, sums of one number, a single row and column", async () => {
    await use();
    const one = tensor([3], [1, 1]);
    expect([...(await matmul(one, one).data())]).toEqual([9]);
    const x = parameter("x", [1000, -1000, 999], [1, 3]);
    const { value } = valueAndGrad(() => sum(add(x, x)), [x]);
    expect(await value.data()).toEqual(Float32Array.of(1998));
    for (const length of [1, 3, 5]) {
      const [left, right] = [tensor(noise(length, 1), [length, 1]), tensor(noise(length, 2), [1, length])];
      const outer = Array.from(
        { length: length ** 2 },
        (_, i) => noise(length, 1)[Math.floor(i / length)]! * noise(length, 2)[i % length]!,
      );
      expect(await matmul(left, right).data()).toBeAllclose(outer);
    }
    const far = parameter("far", [-1e30, -1e6, -1000, 1000, 1e6, 1e30], [6]);
    const capped = valueAndGrad(() => sum(softcap(far, 30)), [far]);
    expect([...(await softcap(far, 30).data())]).toEqual([-30, -30, -30, 30, 30, 30]);
    expect([...(await capped.grads[0]!.data())]).toEqual([0, 0, 0, 0, 0, 0]);
    const on = engine;
    const [logits, targets, logs, out] = [
      on.allocate(3, "float32"),
      on.allocate(1, "int32"),
      on.allocate(2, "float32"),
      on.allocate(1, "float32"),
    ];
    on.upload(logits, [1_000_000, 1_000_001, 999_999], 0);
    on.upload(targets, [0], 0);
    on.logProbabilities({ logits, targets, ignoreIndex: -100, logSumExp: logs, out, rows: 1, classes: 3 });
    expect((await on.download(out))[0]).toBeCloseTo(-1.4076059, 6);
    for (const each of [logits, targets, logs, out]) on.free(each);
  });

  test("the gradient of a table whose 10,000 ids are one, and of ids that differ", async () => {
    const on = await use();
    const [rows, columns] = [10_000, 3];
    const ids = on.allocate(rows, "int32");
    const dOut = on.allocate(rows * columns, "float32");
    const dTable = on.allocate(4 * columns, "float32");
    on.fill(ids, 2);
    on.fill(dOut, 0.5);
    on.fill(dTable, 7);
    const place = { length: rows, offset: 0, dPosition: null };
    on.embeddingBackward({
      ...{ ids, dOut, rows, columns, ...place },
      dTable: { buffer: dTable, accumulate: false },
    });
    expect([...(await on.download(dTable))]).toEqual([0, 0, 0, 0, 0, 0, 5000, 5000, 5000, 0, 0, 0]);
    for (const each of [ids, dOut, dTable]) on.free(each);
  });

  test("products in each kind of tile, of few rows, and so small that the sum is cut in pieces, equal reference", async () => {
    const oracle = closedAtEnd(referenceEngine({ precision: "float64" }));
    for (const [m, n, k, transposed] of [
      [1, 70, 300, true],
      [4, 33, 1000, true],
      [3, 96, 300, false],
      [2, 33, 1000, false],
      [7, 9, 2100, false],
      [17, 132, 40, false],
      [200, 100, 1030, true],
      [260, 259, 17, false],
      [256, 260, 1028, true],
      [1025, 1028, 6, false],
    ] as const) {
      const run = async (on: Engine) => {
        await useEngine(on);
        const w = tensor(noise(n * k, 2), transposed ? [n, k] : [k, n]);
        const bias = tensor(noise(n, 3), [n]);
        return linear(tensor(noise(m * k, 1), [m, k]), w, bias, { transposed, activation: "gelu" }).data();
      };
      const expected = await run(oracle);
      expect(await run(engine), `${m} x ${n} x ${k}`).toBeAllclose(expected, { rtol: 2e-5, atol: 2e-5 });
    }
  }, 240_000);

  test.each([4, 8] as const)("weights in %d bits: close to what other engines compute", async (bits) => {
    const run = async (on: Engine) => {
      await useEngine(on);
      const weight = quantizeGroups(noise(37 * 100, 1), [37, 100], { bits });
      return groupedLinear(tensor(noise(300, 2), [3, 100]), weight).data();
    };
    const expected = await run(closedAtEnd(referenceEngine()));
    expect(await run(engine)).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-5 });
  });

  test("a tensor that is larger than a binding may be is refused by the name of the limit", async () => {
    const small = closedAtEnd(webgpu((await (await ownAdapter()).requestDevice({})) as never));
    await useEngine(small);
    expect(() => zeros([50_257, 768])).toThrow(OutOfMemoryError);
    expect(() => zeros([50_257, 768])).toThrow(/maxStorageBufferBindingSize is 134217728/);
    await use();
    zeros([50_257, 768]).dispose();
  });

  test("a device that is lost rejects the next download with its reason, and one that waits; closing destroys it", async () => {
    const device = await requestDevice(await ownAdapter());
    const own = webgpu(device as never);
    await useEngine(own);
    const x = scope(() => gelu(tensor([1, 2], [2])));
    expect(await x.data()).toHaveLength(2);
    device.destroy();
    await device.lost;
    await expect(x.data()).rejects.toThrow(EngineError);
    await expect(x.data()).rejects.toThrow(/The GPU was lost \(destroyed\)/);
    x.dispose();
    await own.close();

    const third = await requestDevice(await ownAdapter());
    await useEngine(closedAtEnd(webgpu(third as never)));
    const waiting = gelu(tensor([1, 2], [2])).data();
    third.destroy();
    await expect(waiting).rejects.toThrow(/The GPU was lost \(destroyed\)/);

    const other = await requestDevice(await ownAdapter());
    const engine = webgpu(other as never);
    await engine.close();
    expect((await other.lost).reason).toBe("destroyed");
  });

  test("what is no device is refused, and values that a kernel made cannot be read at once", async () => {
    expect(() => webgpu({} as never)).toThrow(
      "webgpu needs a GPUDevice: await adapter.requestDevice() first.",
    );
    const on = await use();
    const index = on.allocate(1, "int32");
    const x = on.allocate(2, "float32");
    const out = on.allocate(1, "float32");
    on.fill(x, 1);
    on.maxAxis({ x, out: { buffer: out, accumulate: false }, index, outer: 1, extent: 2, inner: 1 });
    const place = { position: null, rows: 1, length: 1, offset: 0, vocabulary: 2, columns: 1 };
    expect(() => on.embedding({ ids: index, table: x, out, ...place })).toThrow("await their data()");
    expect([...(await on.download(index))]).toEqual([0]);
    for (const each of [index, x, out]) on.free(each);
  });
});
