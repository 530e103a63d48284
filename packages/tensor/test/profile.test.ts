import {
  type Engine,
  EngineError,
  gelu,
  linear,
  matmul,
  parameter,
  profile,
  referenceEngine,
  scope,
  selfAttention,
  sum,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { closedAtEnd } from "./engines/closed-at-end.js";

/** Everything the engine object is made of, to see that it is given back. */
const propertiesOf = (engine: Engine) => Object.getOwnPropertyDescriptors(engine);

const rowOf = <T extends { kernels: readonly { kernel: string }[] }>(found: T, kernel: string) =>
  found.kernels.find((each) => each.kernel === kernel) as T["kernels"][number] | undefined;

describe.each(Object.entries({ reference: referenceEngine, wasm: wasmEngine }))("%s", (name, make) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await useEngine(closedAtEnd(await make()));
  });

  test("counts calls, operations and memory; the engine is as before", async () => {
    const before = propertiesOf(engine);
    const w = parameter("w", new Float32Array(6), [2, 3]);
    const x = tensor(new Float32Array(8), [4, 2]);
    const start = engine.memory.bytes;
    const found = await profile(() => scope(() => valueAndGrad(() => sum(linear(x, w)), [w]).grads[0]!));
    expect(propertiesOf(engine)).toEqual(before);
    expect(found).toMatchObject({ engine: name, device: engine.device });
    expect(rowOf(found, "gemm")).toMatchObject({ calls: 2, flops: 2 * (2 * 4 * 2 * 3) });
    expect(rowOf(found, "sum")).toMatchObject({ calls: 1, allocatedBytes: 4 });
    expect(rowOf(found, "sum")).not.toHaveProperty("flops");
    expect(rowOf(found, "attention")).toBeUndefined();
    const gemm = rowOf(found, "gemm")!;
    expect(gemm.gflops).toBeCloseTo(gemm.flops! / gemm.total / 1e6);
    expect(gemm.min).toBeLessThanOrEqual(gemm.max);
    expect(gemm.min + gemm.max).toBeCloseTo(gemm.total);
    expect(found.total).toBeGreaterThanOrEqual(found.kernels.reduce((all, { total }) => all + total, 0));
    const totals = found.kernels.map(({ total }) => total);
    expect(totals).toEqual([...totals].sort((a, b) => b - a));
    // linear 48, sum 4, its gradient 4, linear's 48, w's 24
    expect(found.memory).toEqual({
      startBytes: start,
      peakBytes: engine.memory.peakBytes,
      endBytes: start + 24,
      allocatedBytes: 48 + 4 + 4 + 48 + 24,
    });
    // Tensors made inside live on outside.
    expect(await matmul(found.value, tensor([1, 2, 3], [3, 1])).data()).toHaveLength(2);
  });

  test("operations of attention, forward and backward", async () => {
    const qkv = parameter("qkv", new Float32Array(2 * 5 * 24), [2, 5, 24]);
    const found = await profile(() => {
      valueAndGrad(() => sum(selfAttention(qkv, { nHead: 2 })), [qkv]);
    });
    const pairs = 2 * 2 * (1 + 2 + 3 + 4 + 5); // batch, heads, keys each query sees
    expect(rowOf(found, "attention")).toMatchObject({ calls: 1, flops: 4 * 4 * pairs });
    expect(rowOf(found, "attentionBackward")).toMatchObject({ calls: 1, flops: 10 * 4 * pairs });
  });

  test("async functions, errors and nesting", async () => {
    const before = propertiesOf(engine);
    const x = zeros([4]);
    const found = await profile(async () => {
      const data = await gelu(x).data();
      await expect(profile(() => 1)).rejects.toThrow(EngineError);
      gelu(x);
      return data.length;
    });
    expect(found.value).toBe(4);
    expect(rowOf(found, "activation")).toMatchObject({ calls: 2 });
    expect(rowOf(found, "download")).toMatchObject({ calls: 1 });
    await expect(
      profile(() => {
        throw new Error("now");
      }),
    ).rejects.toThrow("now");
    await expect(profile(() => Promise.reject(new Error("later")))).rejects.toThrow("later");
    expect(propertiesOf(engine)).toEqual(before);
    expect((await profile(() => 1)).kernels).toEqual([]);
  });
});

test("the table has a row for each kernel, the trace an event for each call", async () => {
  await useEngine(closedAtEnd(await wasmEngine()));
  const a = zeros([8, 8]);
  const found = await profile(async () => {
    for (let i = 0; i < 3; i++) matmul(a, a);
    await gelu(a).data();
  });
  const lines = found.table().split("\n");
  expect(lines[0]).toMatch(/^wasm \(WebAssembly.*\): [\d.]+ ms, of which [\d.]+ ms in the engine$/);
  expect(lines[1]).toContain("0.0 MB at the start");
  expect(lines[3]).toMatch(
    /^kernel +calls +total ms +share +mean ms +min ms +max ms +GFLOP\/s +allocated MB$/,
  );
  expect(lines.slice(4).map((line) => line.split(/ +/)[0])).toEqual(
    found.kernels.map(({ kernel }) => kernel),
  );
  expect(new Set(lines.slice(3).map(({ length }) => length)).size).toBe(1);
  expect(lines.find((line) => line.startsWith("gemm"))).toMatch(/^gemm +3 /);

  const { traceEvents } = JSON.parse(found.chromeTrace());
  const calls = traceEvents.filter((event: { ph: string }) => event.ph === "X");
  expect(calls).toHaveLength(found.kernels.reduce((all, kernel) => all + kernel.calls, 0));
  const gemms = calls.filter((event: { name: string }) => event.name === "gemm");
  expect(gemms).toHaveLength(3);
  expect(gemms[0]).toMatchObject({ pid: 1, tid: 1, args: { m: 8, n: 8, k: 8, transposeA: false } });
  expect(calls.at(-1)).toMatchObject({ name: "download", tid: 2, args: { length: 64, dtype: "float32" } });
  for (const [i, { ts, dur }] of calls.entries()) {
    expect(dur).toBeGreaterThanOrEqual(0);
    if (i > 0) expect(ts).toBeGreaterThanOrEqual(calls[i - 1].ts + calls[i - 1].dur - 1e-6);
  }
  const memory = traceEvents.filter((event: { ph: string }) => event.ph === "C");
  expect(Math.max(...memory.map((event: { args: { bytes: number } }) => event.args.bytes))).toBe(
    found.memory.peakBytes,
  );
});

test("any engine: a class with its own fields, kernels nobody knows, and calls among its own", async () => {
  const inner = referenceEngine();
  class Derived {
    #secret = 0;
    get memory() {
      return inner.memory;
    }
    unheardOf(args: { rows: number }): number {
      this.other();
      return args.rows + this.#secret++;
    }
    other(): void {}
    gemm(): void {}
    async slow(): Promise<number> {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return 5;
    }
    fails(): never {
      throw new Error("kernel");
    }
  }
  const engine = Object.assign(new Derived(), { name: "derived", device: "here" });
  await useEngine(engine as unknown as Engine);
  const found = await profile(async () => {
    expect(() => engine.fails()).toThrow("kernel");
    return engine.unheardOf({ rows: 3 }) + engine.unheardOf({ rows: 3 }) + (await engine.slow());
  });
  expect(found.value).toBe(3 + 4 + 5);
  expect(rowOf(found, "unheardOf")).toMatchObject({ calls: 2 });
  expect(rowOf(found, "other")).toBeUndefined();
  expect(rowOf(found, "fails")).toMatchObject({ calls: 1 });
  expect(rowOf(found, "slow")!.total).toBeGreaterThan(15);
  expect(Object.getOwnPropertyNames(engine)).toEqual(["name", "device"]);
});

test("a frozen engine is named, and left as it is", async () => {
  await useEngine(Object.freeze(referenceEngine()));
  await expect(profile(() => 1)).rejects.toThrow(/"reference" cannot be watched/);
  await useEngine("reference");
  expect((await profile(() => 2)).value).toBe(2);
});
