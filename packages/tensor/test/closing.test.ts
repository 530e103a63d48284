import threads from "node:worker_threads";
import {
  add,
  doctor,
  type Engine,
  EngineError,
  engine,
  gelu,
  parameter,
  referenceEngine,
  scope,
  sum,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { deviceEngines } from "./engines/device.js";
import { nativeEngines } from "./engines/native/engines.js";
import { tfjsEngines } from "./engines/tfjs/engines.js";

const makers: Record<string, () => Promise<Engine>> = {
  reference: async () => referenceEngine(),
  "wasm, one thread": () => wasmEngine({ threads: 1 }),
  "wasm, three threads": () => wasmEngine({ threads: 3 }),
  ...Object.fromEntries(
    Object.keys(await nativeEngines()).map((name) => [name, async () => (await nativeEngines())[name]!]),
  ),
  ...deviceEngines,
};

describe.each(Object.entries(makers))("%s", (_, make) => {
  test("after close every use is an error that says so, and freeing does nothing", async () => {
    const on = await useEngine(await make());
    const x = parameter("x", new Float32Array(40_000).fill(1), [40_000]); // enough for all threads
    const { value } = scope(() => valueAndGrad(() => sum(gelu(x)), [x]));
    expect((await value.data())[0]).toBeGreaterThan(30_000);
    expect(on.closed).toBe(false);
    await on.close();
    await on.close();
    expect(on.closed).toBe(true);
    expect(on.memory).toMatchObject({ allocations: 0, bytes: 0 });
    const said = (fn: () => unknown) => {
      expect(fn).toThrow(EngineError);
      expect(fn).toThrow(/closed/);
    };
    for (const use of [() => add(x, x), () => zeros([1]), () => tensor([1], [1]), () => engine()]) said(use);
    await expect(x.data()).rejects.toThrow(/"\w+" was closed/);
    await expect(useEngine(on)).rejects.toThrow(/closed/);
    const buffer = { length: 1, dtype: "float32" } as const;
    for (const [name, method] of Object.entries(on)) {
      if (typeof method !== "function" || ["close", "free", "download"].includes(name)) continue;
      said(() => (method as (...args: unknown[]) => unknown)(buffer, buffer, 0));
    }
    value.dispose();
    x.dispose();
    expect(on.memory).toMatchObject({ allocations: 0, bytes: 0 });
  });
});

test("asking for a closed engine by its name makes another, which works", async () => {
  for (const { name, available } of await doctor()) {
    if (!available || name.startsWith("tfjs")) continue;
    const first = await useEngine(name as "wasm");
    expect(await useEngine(name as "wasm")).toBe(first);
    await first.close();
    const second = await useEngine(name as "wasm");
    expect(second).not.toBe(first);
    expect(await add(tensor([1], [1]), tensor([2], [1])).data()).toEqual(Float32Array.of(3));
    await second.close();
  }
});

test("the threads of a closed engine end", async () => {
  const workers: threads.Worker[] = [];
  class Watched extends threads.Worker {
    constructor(...args: ConstructorParameters<typeof threads.Worker>) {
      super(...args);
      workers.push(this);
    }
  }
  const { Worker } = threads;
  let on: Engine;
  try {
    threads.Worker = Watched;
    on = await wasmEngine({ threads: 3 });
  } finally {
    threads.Worker = Worker;
  }
  expect(workers.length).toBe(2);
  expect(workers.every(({ threadId }) => threadId > 0)).toBe(true);
  await on.close();
  expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]);
});

test("tfjs gives its device tensors back", async () => {
  const { memory } = (await import("@tensorflow/tfjs-core")) as { memory(): { numTensors: number } };
  for (const make of Object.values(tfjsEngines)) {
    const on = await useEngine(await make());
    const before = memory().numTensors;
    zeros([3]);
    gelu(tensor([1, 2], [2]));
    expect(memory().numTensors).toBeGreaterThan(before);
    await on.close();
    expect(memory().numTensors).toBe(before);
  }
});
