import {
  add,
  type CrossEntropyOptions,
  crossEntropy,
  type Engine,
  type LinearCrossEntropyOptions,
  linear,
  linearCrossEntropy,
  linearLogProbabilities,
  logProbabilities,
  mul,
  type Parameter,
  parameter,
  referenceEngine,
  sum,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
} from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { ids, noise } from "./cases.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";
import { nativeEngines } from "./engines/native/engines.js";
import golden from "./golden/losses.json" with { type: "json" };

const engines: Record<string, () => Engine | Promise<Engine>> = {
  reference: referenceEngine,
  "wasm baseline": () => wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": () => wasmEngine({ variant: "relaxed", threads: 2 }),
  ...Object.fromEntries(Object.entries(await nativeEngines()).map(([name, engine]) => [name, () => engine])),
  ...deviceEngines,
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

type Options = LinearCrossEntropyOptions;
const operations = {
  crossEntropy: ([z]: Parameter[], goals: Tensor, options: Options) => crossEntropy(z!, goals, options),
  linearCrossEntropy: ([x, w]: Parameter[], goals: Tensor, options: Options) =>
    linearCrossEntropy(x!, w!, goals, options),
  logProbabilities: ([z]: Parameter[], goals: Tensor, options: Options) =>
    logProbabilities(z!, goals, options),
  linearLogProbabilities: ([x, w]: Parameter[], goals: Tensor, options: Options) =>
    linearLogProbabilities(x!, w!, goals, options),
};

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
    const advantages = () => tensor(noise(rows, 4), [rows]);
    test.each([
      ["crossEntropy", ([z]: Parameter[]) => crossEntropy(z!, targets())],
      ["logProbabilities", ([z]: Parameter[]) => sum(mul(logProbabilities(z!, targets()), advantages()))],
    ])("%s", async (_, run) => {
      for (const spread of [1, 500]) {
        const data = quarters(rows * classes, 1).map((value) => offset + spread * value);
        const inputs = [{ data, shape: [rows, classes] }];
        const expected = await differentiate(oracle, inputs, run);
        const actual = await differentiate(engine, inputs, run);
        expect(actual.value).toBeAllclose(expected.value, { rtol: 2e-6 });
        expect(actual.grads[0]!).toBeAllclose(expected.grads[0]!, { rtol: 1e-5, atol: 1e-7 });
      }
    });

    test.each([{}, { rows: 2, classes: 16 }])("from a head by %j", async (chunk) => {
      // Logits are x W' with a column in each that makes the offset.
      const pairs = (length: number, key: number, second: number) => {
        const data = Float64Array.from({ length: 2 * length }, () => second);
        quarters(length, key).forEach((value, i) => {
          data[2 * i] = value;
        });
        return { data, shape: [length, 2] };
      };
      const inputs = [pairs(rows, 1, 1000), pairs(classes, 2, offset / 1000)];
      for (const run of [
        ([x, w]: Parameter[]) => linearCrossEntropy(x!, w!, targets(), { chunk }),
        ([x, w]: Parameter[]) => sum(mul(linearLogProbabilities(x!, w!, targets(), { chunk }), advantages())),
      ]) {
        const expected = await differentiate(oracle, inputs, run);
        const actual = await differentiate(engine, inputs, run);
        expect(actual.value).toBeAllclose(expected.value, { rtol: 2e-6 });
        for (const [i, grad] of expected.grads.entries()) {
          const first = (values: ArrayLike<number>) => Array.from(values).filter((_, at) => at % 2 === 0);
          expect(first(actual.grads[i]!)).toBeAllclose(first(grad), { rtol: 1e-5, atol: 1e-6 });
        }
      }
    });
  });

  test.each(golden.cases.map((each) => [`${each.op} ${JSON.stringify(each.options)}`, each] as const))(
    `%s as PyTorch ${golden.torch} has it`,
    async (_, each) => {
      const inputs = each.inputs.map(({ data, shape }) => ({ data: Float64Array.from(data), shape }));
      let out: Promise<ArrayLike<number>> | null = null;
      const { grads } = await differentiate(engine, inputs, (parameters) => {
        const goals = tensor(golden.targets, [golden.targets.length], "int32");
        const mask = tensor(golden.mask, goals.shape);
        const weighted = each.op.includes("Entropy") ? { mask } : {}; // log-probabilities take no weights
        const options = { ...(each.options as object), ...weighted, ignoreIndex: golden.ignoreIndex };
        const result = operations[each.op as keyof typeof operations](parameters, goals, options);
        out = result.data();
        return sum(mul(result, tensor(each.weights.data, each.weights.shape)));
      });
      expect(await out!).toBeAllclose(each.out.data, { rtol: 1e-6, atol: 1e-6 });
      for (const [i, grad] of each.grads.entries()) {
        expect(grads[i]!).toBeAllclose(grad.data, { rtol: 1e-6, atol: 1e-6 });
      }
    },
  );
});

test("log-probabilities of a head hold no more logits at a time than a chunk of them", async () => {
  const engine = await wasmEngine({ threads: 1 });
  const [rows, classes, columns] = [64, 1000, 4];
  const inputs = [rows, classes].map((length, key) => ({
    data: noise(length * columns, key),
    shape: [length, columns],
  }));
  const chunk = { rows: 8, classes: 250 };
  await differentiate(engine, inputs, ([x, w]) =>
    sum(linearLogProbabilities(x!, w!, ids([rows], classes), { chunk })),
  );
  const all = 4 * rows * classes;
  expect(engine.memory.peakBytes).toBeLessThan(all / 2);
});

test("log-probabilities of a head are the same, bit for bit, on any number of threads", async () => {
  const [rows, classes, columns] = [41, 700, 6]; // more than a thread is woken for
  const inputs = [rows, classes].map((length, key) => ({
    data: noise(length * columns, key).map((value) => 8 * value), // the logs of some sums are above 16
    shape: [length, columns],
  }));
  const run = ([x, w]: Parameter[]) => {
    const goals = ids([rows], classes);
    const logits = linear(x!, w!, null, { transposed: true });
    const each = add(linearLogProbabilities(x!, w!, goals), logProbabilities(logits, goals));
    return sum(mul(each, tensor(noise(rows, 5), [rows])));
  };
  const enginesOf = async (threads: number) => [
    await wasmEngine({ threads }),
    ...Object.values(await nativeEngines(threads)),
  ];
  const one = await enginesOf(1);
  for (const threads of [2, 3]) {
    for (const [i, engine] of (await enginesOf(threads)).entries()) {
      const expected = await differentiate(one[i]!, inputs, run);
      expect(await differentiate(engine, inputs, run)).toEqual(expected);
    }
  }
});

test("a loss over no rows is 0, and there are no log-probabilities of them", async () => {
  for (const on of [referenceEngine(), await wasmEngine(), ...Object.values(await nativeEngines())]) {
    const [floats, targets] = [on.allocate(0, "float32"), on.allocate(0, "int32")];
    const [loss, divisor, weight] = [1, 1, 3].map((length) => on.allocate(length, "float32"));
    const common = { targets, ignoreIndex: -100, logSumExp: floats, rows: 0, classes: 3 };
    const head = {
      ...common,
      x: floats,
      weight: weight!,
      columns: 1,
      softcap: 0,
      chunkRows: 1,
      chunkClasses: 3,
    };
    for (const [reduction, by] of [
      ["mean", 0],
      ["sum", 1],
    ] as const) {
      on.fill(loss!, 7);
      const reduced = { mask: null, reduction, loss: loss! };
      on.crossEntropy({ ...common, ...reduced, logits: floats, divisor: divisor! });
      expect([...(await on.download(loss!)), ...(await on.download(divisor!))]).toEqual([0, by]);
      on.fill(loss!, 7);
      on.linearCrossEntropy({ ...head, ...reduced, dX: null, dWeight: null });
      expect([...(await on.download(loss!))]).toEqual([0]);
    }
    on.logProbabilities({ ...common, logits: floats, out: floats });
    on.linearLogProbabilities({ ...head, out: floats });
  }
});
