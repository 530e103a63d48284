import {
  type Engine,
  mul,
  parameter,
  referenceEngine,
  sum,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
} from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { attentionCases } from "./attention-cases.js";
import { type Case, cases, noise } from "./cases.js";
import { lossCases } from "./cases-loss.js";
import { storageCases } from "./cases-storage.js";
import { closedAtEnd } from "./engines/closed-at-end.js";
import { nativeEngines } from "./engines/native/engines.js";
import { fusedCases } from "./fused-cases.js";
import "./close.js";
import { tfjsEngines } from "./engines/tfjs/engines.js";

/** The output, and the gradient of sum(output * weights) by every input. */
async function evaluate(on: Engine, each: Case, inputs: readonly Float64Array[]) {
  await useEngine(on);
  const parameters = each.inputs.map((shape, i) => parameter(`input ${i}`, inputs[i]!, shape));
  let weights: Float64Array | null = null;
  let output: Promise<ArrayLike<number>> | null = null;
  const { value, grads } = valueAndGrad(() => {
    const out = each.run(parameters);
    output = out.data();
    weights = noise(out.size, 99);
    return sum(mul(out, tensor(weights, out.shape)));
  }, parameters);
  const result = {
    value: (await value.data())[0]!,
    output: await output!,
    grads: await Promise.all(grads.map((grad) => grad.data())),
  };
  for (const each of [value, ...grads, ...parameters]) each.dispose();
  return result;
}

const all = [...cases, ...fusedCases, ...lossCases, ...storageCases, ...attentionCases];
const oracle = referenceEngine({ precision: "float64" });
const inputsOf = (each: Case) =>
  each.inputs.map((shape, i) =>
    noise(
      shape.reduce((a, b) => a * b, 1),
      1,
      i,
    ).map(Math.fround),
  );

/** What the oracle makes of each case: one answer for all engines. */
const answers = new Map<Case, ReturnType<typeof evaluate>>();
function answer(each: Case) {
  const known = answers.get(each) ?? evaluate(oracle, each, inputsOf(each));
  answers.set(each, known);
  return known;
}

describe("reference in float64 against finite differences", () => {
  test.each(all.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    const inputs = inputsOf(each);
    const { grads } = await answer(each);
    for (const [i, input] of inputs.entries()) {
      const picks = [0, Math.floor(input.length / 2), input.length - 1];
      for (const at of new Set(picks)) {
        const step = 1e-5;
        const probe = async (delta: number) => {
          const moved = inputs.map((values) => values.slice());
          moved[i]![at]! += delta;
          return (await evaluate(oracle, each, moved)).value;
        };
        const slope = ((await probe(step)) - (await probe(-step))) / (2 * step);
        expect([grads[i]![at]!]).toBeAllclose([slope], { rtol: 1e-5, atol: 1e-6 });
      }
    }
    expect(oracle.memory.allocations).toBe(0);
  });
});

const engines = {
  reference: referenceEngine,
  "wasm baseline": () => wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": () => wasmEngine({ variant: "relaxed", threads: 2 }),
  ...Object.fromEntries(Object.entries(await nativeEngines()).map(([name, engine]) => [name, () => engine])),
  ...tfjsEngines,
};

/** Float32 sums err in proportion to their largest terms, not to what is left after these cancel. */
const within = (expected: ArrayLike<number>) => ({
  rtol: 1e-5,
  atol: 2e-6 * Array.from(expected).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1),
});

describe.each(Object.entries(engines))("%s against reference in float64", (_, make) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = closedAtEnd(await make());
  });

  test.each(all.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    const inputs = inputsOf(each);
    const expected = await answer(each);
    const actual = await evaluate(engine, each, inputs);
    expect(actual.output).toBeAllclose(expected.output, within(expected.output));
    for (const [i, grad] of expected.grads.entries()) {
      expect(actual.grads[i]!).toBeAllclose(grad, within(grad));
    }
    expect(engine.memory.allocations).toBe(0);
    const again = await evaluate(engine, each, inputs);
    expect(again).toEqual(actual);
  });
});
