import {
  type CrossEntropyOptions,
  crossEntropy,
  type Engine,
  linearCrossEntropy,
  type Parameter,
  parameter,
  referenceEngine,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
} from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { ids, noise } from "./cases.js";
import "./close.js";
import { nativeEngines } from "./engines/native/engines.js";
import { tfjsEngines } from "./engines/tfjs/engines.js";

const engines: Record<string, () => Engine | Promise<Engine>> = {
  reference: referenceEngine,
  "wasm baseline": () => wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": () => wasmEngine({ variant: "relaxed", threads: 2 }),
  ...Object.fromEntries(Object.entries(await nativeEngines()).map(([name, engine]) => [name, () => engine])),
  ...tfjsEngines,
};
const oracle = referenceEngine({ precision: "float64" });

/** Numbers in steps of 1/4, so that products of two are exact beside 1e6 in float32. */
const quarters = (length: number, key: number) =>
  noise(length, key).map((value) => Math.round(8 * value) / 4);

/** The value and the gradients of a loss. */
async function differentiate(
  on: Engine,
  inputs: readonly { data: Float64Array; shape: number[] }[],
  run: (inputs: Parameter[]) => Tensor,
) {
  await useEngine(on);
  const parameters = inputs.map(({ data, shape }, i) => parameter(`${i}`, data, shape));
  const { value, grads } = valueAndGrad(() => run(parameters), parameters);
  const result = { value: await value.data(), grads: await Promise.all(grads.map((grad) => grad.data())) };
  for (const each of [value, ...grads, ...parameters]) each.dispose();
  return result;
}

const [rows, classes] = [5, 37];
const identity = () => tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3]);
const targets = () => ids([rows], classes);

describe.each(Object.entries(engines))("on %s", (_, make) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await make();
  });

  describe.each([
    [
      "crossEntropy",
      (z: Tensor, goals: Tensor, options: CrossEntropyOptions) => crossEntropy(z, goals, options),
    ],
    [
      "linearCrossEntropy",
      (x: Tensor, goals: Tensor, options: CrossEntropyOptions) =>
        linearCrossEntropy(x, identity(), goals, options),
    ],
  ] as const)("the mean of %s", (_, loss) => {
    const inputs = [{ data: noise(6, 3), shape: [2, 3] }];
    const run = (goals: number[], mask: number[]) =>
      differentiate(engine, inputs, ([z]) =>
        loss(z!, tensor(goals, [2], "int32"), { mask: tensor(mask, [2]), ignoreIndex: -1 }),
      );

    test.each([
      ["negative", [1, -2]],
      ["0 where weights cancel", [1, -1]],
      ["NaN", [Number.NaN, 1]],
    ])("is NaN, and so are gradients, when the weights' sum is %s", async (_, mask) => {
      const { value, grads } = await run([1, 2], mask);
      expect([...value, ...grads[0]!].every(Number.isNaN)).toBe(true);
    });

    test("does not look at the weight of an ignored row", async () => {
      for (const weight of [Number.NaN, -5]) {
        const { value, grads } = await run([1, -1], [2, weight]);
        const expected = await run([1, -1], [2, 0]);
        expect(value[0]).toBeGreaterThan(0);
        expect({ value, grads }).toEqual(expected);
      }
    });
  });

  describe.each([0, 1000, -1000, 1e6, -1e6])("logits around %d", (offset) => {
    test("crossEntropy", async () => {
      const logits = {
        data: quarters(rows * classes, 1).map((value) => offset + value),
        shape: [rows, classes],
      };
      const run = ([z]: Parameter[]) => crossEntropy(z!, targets());
      const expected = await differentiate(oracle, [logits], run);
      const actual = await differentiate(engine, [logits], run);
      expect(actual.value).toBeAllclose(expected.value, { rtol: 2e-6 });
      expect(actual.grads[0]!).toBeAllclose(expected.grads[0]!, { rtol: 1e-5, atol: 1e-8 });
    });

    test.each([{}, { rows: 2, classes: 16 }])("linearCrossEntropy by %j", async (chunk) => {
      // Logits are x W' with a column in each that makes the offset.
      const pairs = (length: number, key: number, second: number) => {
        const data = Float64Array.from({ length: 2 * length }, () => second);
        quarters(length, key).forEach((value, i) => {
          data[2 * i] = value;
        });
        return { data, shape: [length, 2] };
      };
      const inputs = [pairs(rows, 1, 1000), pairs(classes, 2, offset / 1000)];
      const run = ([x, w]: Parameter[]) => linearCrossEntropy(x!, w!, targets(), { chunk });
      const expected = await differentiate(oracle, inputs, run);
      const actual = await differentiate(engine, inputs, run);
      expect(actual.value).toBeAllclose(expected.value, { rtol: 2e-6 });
      for (const [i, grad] of expected.grads.entries()) {
        const first = (values: ArrayLike<number>) => Array.from(values).filter((_, at) => at % 2 === 0);
        expect(first(actual.grads[i]!)).toBeAllclose(first(grad), { rtol: 1e-5, atol: 1e-6 });
      }
    });
  });
});
