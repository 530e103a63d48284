// A step's loss is the sum of the losses of all targets that count over their number, however they are cut into batches.
import { Gpt, type GptConfig } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Batch,
  type Batches,
  bitsPerByte,
  DataError,
  evaluate,
  OptionsError,
  train,
} from "../src/index.js";

const tiny: GptConfig = { vocabSize: 12, blockSize: 6, nLayer: 1, nHead: 2, nEmbd: 16 };
const ROWS = 8;
const SIZE = ROWS * 6;
const ids = Int32Array.from({ length: SIZE }, (_, i) => (i * i + 5 * i) % 12);
const targets = Int32Array.from({ length: SIZE }, (_, i) => (i * i + 7 * i + 3) % 12);
/** Rows of 6, 5, .. counted targets: any cut has unequal shares, and the fifth and sixth row have none. */
const mask = Uint8Array.from({ length: SIZE }, (_, i) => {
  const row = Math.floor(i / 6);
  return Number(row !== 4 && row !== 5 && i % 6 >= row);
});
const weight = Float32Array.from({ length: SIZE }, (_, i) => ((i * 7) % 5) - 1.5);

/** The whole batch, cut into rows of `batchSize`. */
const cut = (whole: Batch): Batches => ({
  batch({ micro, batchSize }) {
    const [from, to] = [micro * batchSize * 6, (micro + 1) * batchSize * 6];
    const part = (list: ArrayLike<number>) => Array.prototype.slice.call(list, from, to) as number[];
    return {
      ids: whole.ids.slice(from, to),
      targets: whole.targets.slice(from, to),
      ...(whole.mask ? { mask: part(whole.mask) } : {}),
      ...(whole.weight ? { weight: part(whole.weight) } : {}),
    };
  },
});

async function trained(whole: Batch, accumulation: number) {
  const model = Gpt.create(tiny, { seed: 1 });
  const options = {
    steps: 3,
    batchSize: ROWS / accumulation,
    blockSize: 6,
    accumulation,
    lr: 1e-2,
    clip: 0.5,
  };
  const losses: number[] = [];
  const norms: number[] = [];
  for await (const { loss, gradNorm } of train(model, cut(whole), options)) {
    losses.push(loss);
    norms.push(gradNorm);
  }
  return { losses, norms };
}

beforeAll(() => useEngine("reference", { precision: "float64" }));

describe.each([
  ["a mask", { ids, targets, mask }],
  ["targets of -100", { ids, targets: targets.map((id, i) => (mask[i] ? id : -100)) }],
  ["weights of both signs", { ids, targets, weight }],
  ["a mask and weights", { ids, targets, mask, weight }],
  ["neither", { ids, targets }],
] as [string, Batch][])("%s", (_, whole) => {
  test("the same losses and gradients for 1, 2, 4 and 8 batches a step", async () => {
    const one = await trained(whole, 1);
    for (const accumulation of [2, 4, 8]) {
      const parts = await trained(whole, accumulation);
      for (const [i, loss] of one.losses.entries()) {
        expect(Math.abs(parts.losses[i]! - loss)).toBeLessThan(1e-10);
        expect(Math.abs(parts.norms[i]! - one.norms[i]!)).toBeLessThan(1e-9);
      }
    }
  });

  test("the loss is the sum over the targets that count, divided by their number", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    let sum = 0;
    let count = 0;
    // One target at a time, by evaluation.
    for (let i = 0; i < SIZE; i++) {
      if ((whole.mask && !whole.mask[i]) || whole.targets[i] === -100) continue;
      const only = Uint8Array.from({ length: SIZE }, (_, j) => Number(i === j));
      const options = { batches: 1, batchSize: ROWS, blockSize: 6 };
      const { val } = await evaluate(model, { batch: () => ({ ids, targets, mask: only }) }, options);
      sum += val! * (whole.weight?.[i] ?? 1);
      count++;
    }
    const { losses } = await trained(whole, 1);
    expect(losses[0]).toBeCloseTo(sum / count, 10);
  });
});

describe("batches that cannot be counted", () => {
  const options = { steps: 1, batchSize: ROWS, blockSize: 6, lr: 1e-2 };
  const attempt = (batch: Batch) =>
    train(Gpt.create(tiny, { seed: 1 }), { batch: () => batch }, options).next();
  const at = (index: number, value: number, list: ArrayLike<number>) =>
    Array.from(list, (each, i) => (i === index ? value : each));

  test.each([
    ["mask of .* is NaN at index 5", { ids, targets, mask: at(5, Number.NaN, mask) }],
    ["mask of .* is 0.5 at index 7", { ids, targets, mask: at(7, 0.5, mask) }],
    ["mask of .* has 47 values", { ids, targets, mask: mask.slice(1) }],
    ["weight of .* is Infinity at index 0", { ids, targets, weight: at(0, Infinity, weight) }],
    ["weight of .* is NaN at index 9", { ids, targets, weight: at(9, Number.NaN, weight) }],
    ["targets of .* has 42 values; batchSize x blockSize is 48", { ids, targets: targets.slice(6) }],
    ["ids of .* has 0 values", { ids: new Int32Array(), targets }],
    ["no target of step 1 counts", { ids, targets, mask: new Uint8Array(SIZE) }],
    ["no target of step 1 counts", { ids, targets: targets.map(() => -100) }],
  ] as [string, Batch][])("%s", async (message, batch) => {
    await expect(attempt(batch)).rejects.toThrow(DataError);
    await expect(attempt(batch)).rejects.toThrow(new RegExp(message));
  });

  test("a batch that is wholly ignored counts neither in training nor in evaluation", async () => {
    const whole = { ids, targets };
    const ignored = { ids, targets: targets.map(() => -100) };
    const model = Gpt.create(tiny, { seed: 1 });
    const options = { batches: 2, batchSize: ROWS, blockSize: 6 };
    const half: Batches = { batch: ({ micro }) => (micro === 0 ? whole : ignored) };
    const { val } = await evaluate(model, half, options);
    expect(val).toBeGreaterThan(2);
    expect(val).toBe((await evaluate(model, { batch: () => whole }, { ...options, batches: 1 })).val);
    await expect(evaluate(model, { batch: () => ignored }, options)).rejects.toThrow('of split "val" counts');
  });
});

describe("bits per byte", () => {
  const model = () => Gpt.create(tiny, { seed: 1 });
  const options = { batches: 2, batchSize: ROWS, blockSize: 6, splits: ["val", "train"] };
  const data: Batches = { batch: ({ split }) => ({ ids, targets, ...(split === "train" ? { mask } : {}) }) };

  test("is the loss in bits where every token is one byte, and half of it where each is two", async () => {
    const nats = await evaluate(model(), data, options);
    for (const width of [1, 2]) {
      const bits = await bitsPerByte(model(), data, {
        ...options,
        tokenBytes: new Uint8Array(12).fill(width),
      });
      for (const split of options.splits) {
        expect(bits[split]).toBeCloseTo(nats[split]! / Math.LN2 / width, 12);
      }
    }
  });

  test("tokens that stand for no byte do not count, their loss neither", async () => {
    const tokenBytes = Array.from({ length: 12 }, (_, id) => id % 3);
    const only = { ids, targets, mask: Array.from(targets, (id) => Number(id % 3 > 0)) };
    const nats = await evaluate(model(), { batch: () => only }, { ...options, splits: ["val"] });
    const [tokens, bytes] = [
      only.mask.reduce((a, b) => a + b),
      targets.reduce((sum, id) => sum + (id % 3), 0),
    ];
    const { val } = await bitsPerByte(model(), data, { ...options, tokenBytes });
    expect(val).toBeCloseTo((nats.val! * tokens) / bytes / Math.LN2, 12);
  });

  test("lengths that are missing or none are refused", async () => {
    await expect(bitsPerByte(model(), data, { ...options, tokenBytes: [1, 1] })).rejects.toThrow(
      OptionsError,
    );
    await expect(
      bitsPerByte(model(), data, { ...options, tokenBytes: new Array(12).fill(Number.NaN) }),
    ).rejects.toThrow("is NaN for id");
    const none = { ...options, tokenBytes: new Uint8Array(12) };
    await expect(bitsPerByte(model(), data, none)).rejects.toThrow(DataError);
  });
});
