import {
  adamw,
  type Engine,
  parameter,
  referenceEngine,
  tensor,
  useEngine,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import "./close.js";
import { nativeEngines } from "./engines/native/engines.js";
import { tfjsEngines } from "./engines/tfjs/engines.js";

const oracle = referenceEngine({ precision: "float64" });
const engines: Record<string, () => Engine | Promise<Engine>> = {
  reference: referenceEngine,
  "wasm baseline": () => wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": () => wasmEngine({ variant: "relaxed", threads: 2 }),
  ...Object.fromEntries(Object.entries(await nativeEngines()).map(([name, engine]) => [name, () => engine])),
  ...tfjsEngines,
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
    engine = await make();
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
});
