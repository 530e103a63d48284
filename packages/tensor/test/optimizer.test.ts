import {
  type AdamwUpdate,
  adamw,
  clipScale,
  type Engine,
  globalNorm,
  parameter,
  referenceEngine,
  scope,
  tensor,
  useEngine,
  wasmEngine,
  write,
  zeros,
} from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import { closedAtEnd } from "./engines/closed-at-end.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";
import { nativeEngines } from "./engines/native/engines.js";

const oracle = referenceEngine({ precision: "float64" });
const engines: Record<string, () => Engine | Promise<Engine>> = {
  reference: referenceEngine,
  "wasm baseline": () => wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": () => wasmEngine({ variant: "relaxed", threads: 2 }),
  ...Object.fromEntries(Object.entries(await nativeEngines()).map(([name, engine]) => [name, () => engine])),
  ...deviceEngines,
};
const numbers = { lr: 0.1, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, step: 1 };

/** Parameter and moments after some steps from 1, 0 and 0; whole vectors and a few elements more. */
async function steps(on: Engine, options: typeof numbers, gradients: readonly ArrayLike<number>[]) {
  await useEngine(on);
  const p = parameter("p", new Float32Array(21).fill(1), [21]);
  const state = { m: zeros([21]), v: zeros([21]) };
  for (const [i, gradient] of gradients.entries()) {
    const grad = tensor(gradient, [21]);
    adamw(p, grad, state, { ...options, step: options.step + i });
    grad.dispose();
  }
  const made = [p, state.m, state.v];
  const values = await Promise.all(made.map((each) => each.data()));
  for (const each of made) each.dispose();
  return values;
}

describe.each(Object.entries(engines))("%s", (_, make) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = closedAtEnd(await make());
  });

  test("three steps of one gradient go three times lr, however slow the second moment", async () => {
    const gradients = Array.from({ length: 3 }, () => new Float32Array(21).fill(0.5));
    const [p] = await steps(engine, { ...numbers, beta2: 0.99999, weightDecay: 0 }, gradients);
    expect(p!).toBeAllclose(new Float32Array(21).fill(0.7), { rtol: 3e-6, atol: 0 });
  });

  test.each([
    ["a slow first moment", { beta1: 0.99999 }],
    ["both slow", { beta1: 0.9999, beta2: 0.999999 }],
    ["no memory", { beta1: 0, beta2: 0 }],
    ["the corrections gone", { step: 2 ** 40 }],
  ])("%s: as in float64", async (_, options) => {
    const gradients = [1, 2, 3].map((key) => noise(21, key).map(Math.fround));
    const expected = await steps(oracle, { ...numbers, ...options }, gradients);
    const actual = await steps(engine, { ...numbers, ...options }, gradients);
    for (const [i, values] of expected.entries()) {
      expect(actual[i]!).toBeAllclose(values, { rtol: 1e-5, atol: 1e-9 });
    }
  });

  test("a step of a list is that of each alone, to the bit, with its own decay", async () => {
    const shared = 17_011; // worth more than one thread
    const each = (updates: AdamwUpdate[]) => {
      for (const { parameter: p, grad, state, weightDecay = 0.1 } of updates) {
        adamw(p, grad, state, { ...numbers, weightDecay, gradScale: 0.3 });
      }
    };
    const alone = await model(engine, each, shared);
    const list = (updates: AdamwUpdate[]) => adamw(updates, { ...numbers, gradScale: 0.3 });
    const together = await model(engine, list, shared);
    expect(together).toEqual(alone);
    expect(engine.memory.allocations).toBe(0);
  });

  test.each([
    ["above the limit", 0.25, 1],
    ["below it", 1e6, 1],
    ["of a mean", 0.25, 3],
    ["never", Number.POSITIVE_INFINITY, 3],
  ])("clipped %s on the device: as when the host is asked", async (_, limit, divisor) => {
    let norm = 0;
    const asked = await model(engine, async (updates) => {
      norm = (await globalNorm(updates.map(({ grad }) => grad))) / divisor;
      const gradScale = Math.min(1, limit / (norm + 1e-6)) / divisor;
      adamw(updates, { ...numbers, gradScale });
    });
    const clipped = await model(engine, async (updates) => {
      const loss = tensor([1.7], []);
      const grads = updates.map(({ grad }) => grad);
      const { scale, read } = clipScale(grads, { limit, divisor, watch: [loss] });
      adamw(updates, { ...numbers, gradScale: scale });
      const report = await read();
      expect(report).toMatchObject({ norm, finite: true, watched: [Math.fround(1.7)] });
      expect(report.scale).toBeCloseTo(Math.min(1, limit / (norm + 1e-6)) / divisor, 6);
      for (const [i, grad] of grads.entries()) {
        expect(report.norms[i]).toBeCloseTo((await globalNorm([grad])) / divisor, 5);
      }
    });
    for (const [i, values] of asked.entries()) {
      // Devices have the scale in float32.
      if (["tfjs", "webgpu"].includes(engine.name)) expect(clipped[i]!).toBeAllclose(values);
      else expect(clipped[i]!).toEqual(values);
    }
  });

  test.each([
    ["a gradient that is NaN", Number.NaN, 1],
    ["one that is infinite", Number.NEGATIVE_INFINITY, 1],
    ["a sum of squares that overflows", 1e30, 1],
    ["a loss that is NaN", 1, Number.NaN],
    ["a loss that is infinite", 1, Number.POSITIVE_INFINITY],
  ])("%s: nothing is changed, and the next step is as if it had not been", async (_, gradient, loss) => {
    const skipped = await model(engine, async (updates) => {
      const grads = updates.map(({ grad }) => grad);
      const before = await grads[1]!.data();
      write(grads[1]!, [gradient], 2);
      const { scale, read } = clipScale(grads, { limit: 0.5, watch: [tensor([loss], []), tensor([3], [1])] });
      adamw(updates, { ...numbers, gradScale: scale });
      const report = await read();
      expect(report.finite).toBe(false);
      expect(report.watched).toEqual([loss, 3]);
      expect(Number.isFinite(report.norm)).toBe(gradient === 1);
      write(grads[1]!, before);
    });
    expect(skipped).toEqual(await model(engine, () => {}));
  });
});

/** Tensors of several lengths after `step` and one more; what `step` makes is freed. */
async function model(
  on: Engine,
  step: (updates: AdamwUpdate[]) => unknown,
  longest = 300,
): Promise<ArrayLike<number>[]> {
  await useEngine(on);
  const updates = [1, 8, 21, longest].map((length, i): AdamwUpdate => {
    const values = (key: number) => Float32Array.from({ length }, (_, j) => Math.sin(7 * i + key + j));
    const make = (key: number) => tensor(values(key).map(Math.abs), [length]);
    const p = parameter(`${i}`, values(0), [length]);
    return {
      parameter: p,
      grad: make(1),
      state: { m: make(2), v: make(3) },
      ...(i > 1 && { weightDecay: 0 }),
    };
  });
  await scope(async () => step(updates));
  adamw(updates, { ...numbers, step: 2 });
  const all = updates.flatMap(({ parameter, grad, state }) => [parameter, state.m, state.v, grad]);
  const values = await Promise.all(all.map((each) => each.data()));
  for (const each of all) each.dispose();
  return values;
}

test("what cannot be carried out", async () => {
  await useEngine(referenceEngine());
  const p = parameter("p", [1, 2], [2]);
  const update = { parameter: p, grad: zeros([2]), state: { m: zeros([2]), v: zeros([2]) } };
  expect(() => adamw([update, update], numbers)).toThrow("twice");
  expect(() => adamw([update], { ...numbers, beta2: 1 })).toThrow("beta2 is 1");
  expect(() => adamw([update], { ...numbers, gradScale: zeros([2]) })).toThrow("clipScale");
  expect(() => adamw([{ ...update, grad: zeros([3]) }], numbers)).toThrow("(3)");
  expect(() => clipScale([], { limit: 1 })).toThrow("at least one");
  expect(() => clipScale([p], { limit: 0 })).toThrow("limit is 0");
  expect(() => clipScale([p], { limit: 1, divisor: 0 })).toThrow("divisor is 0");
  expect(() => clipScale([p], { limit: 1, watch: [p] })).toThrow("(2) is watched");
});
