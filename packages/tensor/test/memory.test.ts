import {
  add,
  DisposedError,
  type Engine,
  keep,
  linear,
  mul,
  OutOfMemoryError,
  parameter,
  referenceEngine,
  reshape,
  scope,
  sum,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { Heap } from "../src/engines/wasm/heap.js";
import { closedAtEnd } from "./engines/closed-at-end.js";
import { deviceEngines } from "./engines/device.js";

const engines = { reference: referenceEngine, wasm: wasmEngine, ...deviceEngines };

describe.each(Object.entries(engines))("%s", (_, make) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await useEngine(closedAtEnd(await make()));
  });

  test("a scope frees what it made, but not what it returns", async () => {
    const kept = scope(() => {
      const a = tensor([1, 2], [2]);
      const b = add(a, a);
      return { list: [b], map: new Map([["view", reshape(b, [2, 1])]]) };
    });
    expect(engine.memory.allocations).toBe(1); // b and its view share one
    expect([...(await kept.map.get("view")!.data())]).toEqual([2, 4]);
    kept.list[0]!.dispose();
    expect(engine.memory.allocations).toBe(1);
    kept.map.get("view")!.dispose();
    expect(engine.memory.allocations).toBe(0);
  });

  test("nested scopes pass results outwards, and outer tensors stay where they are", () => {
    scope(() => {
      const outer = zeros([3]);
      scope(() => outer);
      const inner = scope(() => scope(() => add(outer, outer)));
      expect(engine.memory.allocations).toBe(2);
      add(inner, outer);
    });
    expect(engine.memory.allocations).toBe(0);
  });

  test("an error frees too, and async scopes end when they settle", async () => {
    expect(() =>
      scope(() => {
        zeros([4]);
        throw new Error("no");
      }),
    ).toThrow("no");
    const result = await scope(async () => {
      const x = zeros([4]);
      await x.data();
      return add(x, x);
    });
    expect(engine.memory.allocations).toBe(1);
    result.dispose();
    await expect(
      scope(async () => {
        zeros([4]);
        await Promise.reject(new Error("later"));
      }),
    ).rejects.toThrow("later");
    expect(engine.memory.allocations).toBe(0);
  });

  test("what is kept outlives every scope, those of others that overlap too", async () => {
    let overlap: Promise<void> | undefined;
    let x: Tensor | undefined;
    await scope(async () => {
      overlap = scope(async () => {
        await Promise.resolve();
      });
      x = keep(scope(() => add(tensor([1, 2], [2]), tensor([3, 4], [2]))));
      await overlap;
      expect([...(await x.data())]).toEqual([4, 6]);
    });
    expect(engine.memory.allocations).toBe(1);
    keep(x!).dispose();
    expect(engine.memory.allocations).toBe(0);
  });

  test("valueAndGrad leaves only its results, also when fn throws", () => {
    const w = parameter("w", new Float32Array(16).fill(0.1), [4, 4]);
    const x = tensor(new Float32Array(8).fill(1), [2, 4]);
    for (let i = 0; i < 3; i++) {
      scope(() => {
        const { grads } = valueAndGrad(() => sum(linear(linear(x, w), w, null, { activation: "gelu" })), [w]);
        expect(engine.memory.allocations).toBe(4);
        expect(grads[0]!.shape).toEqual([4, 4]);
      });
      expect(engine.memory.allocations).toBe(2);
    }
    expect(() =>
      valueAndGrad(() => {
        linear(x, w);
        throw new Error("stop");
      }, [w]),
    ).toThrow("stop");
    expect(engine.memory.allocations).toBe(2);
  });

  test("activations are freed during the backward pass", () => {
    const w = parameter("w", [1], [1]);
    const size = 10_000;
    const big = parameter("big", new Float32Array(size), [size]);
    const before = engine.memory.bytes;
    scope(() => {
      valueAndGrad(() => {
        let x: Tensor = big;
        for (let i = 0; i < 20; i++) x = add(x, x); // saves nothing for the backward pass
        return sum(scope(() => mul(x, x)));
      }, [big, w]);
    });
    expect(engine.memory.bytes).toBe(before);
    expect(engine.memory.peakBytes).toBeLessThan(before + 26 * size * 4);
  });

  test("a gradient that starts at zero does so whatever its memory held, NaN too", async () => {
    const [x, index, out] = [
      engine.allocate(2, "float32"),
      engine.allocate(2, "int32"),
      engine.allocate(6, "float32"),
    ];
    engine.fill(x, 1);
    engine.fill(index, 2);
    engine.fill(out, Number.NaN);
    engine.scatterAxis({ x, index, out: { buffer: out, accumulate: false }, outer: 2, extent: 3, inner: 1 });
    expect([...(await engine.download(out))]).toEqual([0, 0, 1, 0, 0, 1]);
    for (const buffer of [x, index, out]) engine.free(buffer);
  });

  test("a freed tensor says so", () => {
    const x = scope(() => {
      const made = zeros([2, 3]);
      return () => made;
    })();
    expect(() => add(x, x)).toThrow(DisposedError);
    expect(() => add(x, x)).toThrow("(2, 3)");
  });
});

test("the heap reuses, splits and joins blocks", () => {
  const heap = new Heap(new WebAssembly.Memory({ initial: 1 }), 0);
  const [a, b, c] = [heap.allocate(100), heap.allocate(64), heap.allocate(1000)];
  expect([a, b, c]).toEqual([0, 128, 192]);
  heap.free(a, 100);
  heap.free(b, 64);
  expect(heap.allocate(192)).toBe(0); // a and b, joined
  heap.free(0, 192);
  expect(heap.allocate(60)).toBe(0);
  expect(heap.allocate(128)).toBe(64); // the rest, split off
  heap.free(c, 1000);
  expect(heap.allocate(10)).toBe(192); // the top came down
});

test("the heap grows, and refuses what 4 GB cannot hold", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
  const heap = new Heap(memory, 0);
  heap.allocate(100_000);
  expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(100_000);
  expect(() => heap.allocate(300_000)).toThrow(OutOfMemoryError);
  expect(() => heap.allocate(2 ** 33)).toThrow(/8589934592 more bytes/);
  expect(heap.allocate(64)).toBeGreaterThan(0);
});

test("a heap survives random use without handing out a byte twice", () => {
  const heap = new Heap(new WebAssembly.Memory({ initial: 1 }), 0);
  const held = new Map<number, number>();
  let seed = 1;
  for (let i = 0; i < 5000; i++) {
    seed = (seed * 48271) % 0x7fffffff;
    if (seed % 5 < 3) {
      const bytes = 1 + (seed % 3000);
      const address = heap.allocate(bytes);
      for (const [start, length] of held) {
        if (address < start + length && start < address + bytes) throw new Error(`overlap at ${address}`);
      }
      held.set(address, bytes);
    } else {
      const [first] = [...held.keys()].slice(seed % Math.max(1, held.size));
      if (first === undefined) continue;
      heap.free(first, held.get(first)!);
      held.delete(first);
    }
  }
  for (const [address, bytes] of held) heap.free(address, bytes);
  expect(heap.allocate(10)).toBe(0);
});
