// What an engine must give: outputs and gradients of every case, as `reference` computes them in float64.
import {
  type Engine,
  mul,
  parameter,
  referenceEngine,
  sum,
  tensor,
  useEngine,
  valueAndGrad,
} from "@llm/tensor";
import { expect } from "vitest";
import { attentionCases } from "./attention-cases.js";
import { type Case, cases, noise } from "./cases.js";
import { lossCases } from "./cases-loss.js";
import { storageCases } from "./cases-storage.js";
import { fusedCases } from "./fused-cases.js";
import "./close.js";

/** The output, and the gradient of sum(output * weights) by every input. */
export async function evaluate(on: Engine, each: Case, inputs: readonly Float64Array[]) {
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

export const all = [...cases, ...fusedCases, ...lossCases, ...storageCases, ...attentionCases];
export const oracle = referenceEngine({ precision: "float64" });
export const inputsOf = (each: Case) =>
  each.inputs.map((shape, i) =>
    noise(
      shape.reduce((a, b) => a * b, 1),
      1,
      i,
    ).map(Math.fround),
  );

/** What the oracle makes of each case: one answer for all engines. */
const answers = new Map<Case, ReturnType<typeof evaluate>>();
export function answer(each: Case) {
  const known = answers.get(each) ?? evaluate(oracle, each, inputsOf(each));
  answers.set(each, known);
  return known;
}

/** Float32 sums err in proportion to their largest terms, not to what is left after these cancel. */
const within = (expected: ArrayLike<number>) => ({
  rtol: 1e-5,
  atol: 2e-6 * Array.from(expected).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1),
});

/** Holds the engine to a case, and to the same bits when it is asked again. */
export async function conform(engine: Engine, each: Case): Promise<void> {
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
}
