import { tensor, useEngine, valueAndGrad } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { Gpt, type GptConfig, OptionsError } from "../src/index.js";

const base = { vocabSize: 20, blockSize: 12, nLayer: 2, nHead: 2, nEmbd: 16 };
const configs: [string, GptConfig][] = [
  ["learned positions", base],
  [
    "rope, windows, key heads shared",
    { ...base, position: "rope", windows: [3, 0], nKvHead: 1, norm: "rms" },
  ],
  [
    "value embeddings, q and k normed",
    { ...base, position: "rope", qkNorm: "after-rope", residualScalars: true },
  ],
];
const lengths = [5, 4, 3];
const id = (i: number) => (i * i + 3 * i + 1) % 20;

beforeAll(() => useEngine("reference", { precision: "float64" }));

describe.each(configs)("documents in one row do not see each other: %s", (_, config) => {
  const begins = [0, 5, 9];
  const documents = Array.from({ length: 12 }, (_, t) => begins.findLast((begin) => begin <= t)!);
  const packed = (from: number) =>
    tensor(
      Array.from({ length: 12 }, (_, i) => id(i + from)),
      [1, 12],
      "int32",
    );

  test("logits are those of each by itself, and so are the gradients", async () => {
    const model = Gpt.create(config, { seed: 1 });
    const logits = await model.forward(packed(0), { documents }).data();
    for (const [d, begin] of begins.entries()) {
      const own = Array.from({ length: lengths[d]! }, (_, i) => id(begin + i));
      const alone = await model.forward(tensor(own, [1, own.length], "int32")).data();
      for (const [i, value] of alone.entries()) expect(logits[begin * 20 + i]).toBeCloseTo(value, 12);
    }
    const plain = await model.forward(packed(0)).data();
    expect(plain.slice(0, 100)).toEqual(logits.slice(0, 100));
    expect(plain.slice(100)).not.toEqual(logits.slice(100));

    const parameters = model.parameters();
    const whole = valueAndGrad(
      () =>
        model.loss(packed(0), packed(1), {
          documents,
          mask: tensor(new Float32Array(12).fill(1), [1, 12]),
          reduction: "sum",
        }),
      parameters,
    );
    const totals = parameters.map((p) => new Float64Array(p.size));
    for (const [d, begin] of begins.entries()) {
      const own = (from: number) =>
        tensor(
          Array.from({ length: lengths[d]! }, (_, i) => id(begin + i + from)),
          [1, lengths[d]!],
          "int32",
        );
      const mask = tensor(new Float32Array(lengths[d]!).fill(1), [1, lengths[d]!]);
      const { grads } = valueAndGrad(
        () => model.loss(own(0), own(1), { mask, reduction: "sum" }),
        parameters,
      );
      for (const [i, grad] of grads.entries()) {
        for (const [k, value] of (await grad.data()).entries()) totals[i]![k]! += value;
      }
    }
    for (const [i, grad] of whole.grads.entries()) {
      for (const [k, value] of (await grad.data()).entries()) expect(value).toBeCloseTo(totals[i]![k]!, 10);
    }
  });

  test("computing blocks again gives the same gradients, bit for bit", async () => {
    const model = Gpt.create(config, { seed: 1 });
    const gradients = async (recompute: boolean) => {
      const { grads } = valueAndGrad(
        () => model.loss(packed(0), packed(1), { documents, recompute }),
        model.parameters(),
      );
      return Promise.all(grads.map((grad) => grad.data()));
    };
    expect(await gradients(true)).toEqual(await gradients(false));
  });
});

test.each([
  [[0, 0, 0], "documents has 3 values; ids of (1, 4) need 4"],
  [[0, 0, 3, 0], "documents is 3 at index 2; it must be from 0 to 2"],
  [[0, 0, -1, 0], "documents is -1 at index 2"],
  [[0, Number.NaN, 0, 0], "documents is NaN at index 1"],
])("%o", (documents, message) => {
  const ids = tensor([1, 2, 3, 4], [1, 4], "int32");
  const attempt = () => Gpt.create(base, { seed: 1 }).forward(ids, { documents });
  expect(attempt).toThrow(OptionsError);
  expect(attempt).toThrow(message);
});
