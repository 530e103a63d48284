import { describe, expect, test } from "vitest";
import { bigram, discounts, score, unigram } from "../src/baselines.js";
import { baselineLoss, scoreOn } from "../src/validate.js";

const p = (model: ReturnType<typeof unigram>, previous: number, id: number) =>
  Math.exp(model.logProbability(previous, id));

describe("by hand", () => {
  test("discounts of counts 1, 2 and 3, one of each", () => {
    // y = 1/3: 1 - 2y, 2 - 3y and 3 - 0, the last kept below 3.
    const [d1, d2, d3] = discounts([3, 2, 1]);
    expect(d1).toBeCloseTo(1 / 3, 12);
    expect(d2).toBeCloseTo(1, 12);
    expect(d3).toBe(2.99);
  });

  test("unigram of 0 1 0 1 0 2", () => {
    const model = unigram([0, 1, 0, 1, 0, 2], 3);
    const spread = (2.99 + 1 + 1 / 3) / 3;
    expect(p(model, 0, 0)).toBeCloseTo((3 - 2.99 + spread) / 6, 12);
    expect(p(model, 0, 1)).toBeCloseTo((2 - 1 + spread) / 6, 12);
    expect(p(model, 0, 2)).toBeCloseTo((1 - 1 / 3 + spread) / 6, 12);
  });

  test("bigram of 0 1 0 1 0 2", () => {
    // 0 is followed by 1 twice and by 2 once; discounts .75 and .5; every token follows one other.
    const model = bigram([0, 1, 0, 1, 0, 2], 3);
    expect(p(model, 0, 1)).toBeCloseTo((1.25 + 1.25 / 3) / 3, 12);
    expect(p(model, 0, 2)).toBeCloseTo((0.5 + 1.25 / 3) / 3, 12);
    expect(p(model, 0, 0)).toBeCloseTo(1.25 / 3 / 3, 12);
    expect(p(model, 2, 1)).toBeCloseTo(1 / 3, 12); // nothing was seen after 2
  });

  test("a score: 100 targets of 2 nats over 250 bytes", () => {
    expect(score(2, 100, 250).bitsPerByte).toBeCloseTo(200 / Math.LN2 / 250, 12);
  });

  test("a loss counts exactly the targets of the windows", () => {
    const model = { name: "", logProbability: (previous: number, id: number) => -(10 * previous + id) };
    const tokens = Uint32Array.of(1, 2, 3, 4, 5, 6);
    // Windows at 0 and 3 of two: targets 2 and 3 after 1 and 2, then 5 and 6 after 4 and 5.
    expect(baselineLoss(model, tokens, { blockSize: 2, starts: [0, 3] })).toBe((12 + 23 + 45 + 56) / 4);
    const scored = scoreOn(1, tokens, { blockSize: 2, starts: [0, 3] }, (id) => (id === 6 ? 0 : id));
    expect(scored.bitsPerByte).toBeCloseTo(4 / Math.LN2 / (2 + 3 + 5), 12);
  });
});

test("probabilities add up to 1 after every token, seen or not", () => {
  const tokens = Array.from({ length: 5000 }, (_, i) => Math.floor(20 * Math.abs(Math.sin(i * i)) ** 3));
  for (const model of [unigram(tokens, 25), bigram(tokens, 25)]) {
    for (let previous = 0; previous < 25; previous++) {
      let sum = 0;
      for (let id = 0; id < 25; id++) {
        expect(p(model, previous, id)).toBeGreaterThan(0);
        sum += p(model, previous, id);
      }
      expect(sum).toBeCloseTo(1, 10);
    }
  }
});

test("the bigram is no straw man: on unseen text it beats add-one smoothing", () => {
  const sentence =
    "the cat sat on the mat and the dog lay in the sun while a bird sang over the wall of the garden ";
  const text = Array.from({ length: 400 }, (_, i) => sentence.split(" ")[(i * i * 7 + i) % 23]).join(" ");
  const tokens = Uint32Array.from(text, (character) => character.charCodeAt(0) - 32);
  const [train, unseen] = [tokens.subarray(0, 1000), tokens.subarray(1000)];
  const counts = new Map<number, number>();
  const totals = new Map<number, number>();
  for (let i = 1; i < train.length; i++) {
    const pair = train[i - 1]! * 128 + train[i]!;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
    totals.set(train[i - 1]!, (totals.get(train[i - 1]!) ?? 0) + 1);
  }
  const addOne = {
    name: "add one",
    logProbability: (a: number, b: number) =>
      Math.log(((counts.get(a * 128 + b) ?? 0) + 1) / ((totals.get(a) ?? 0) + 96)),
  };
  const all = { blockSize: unseen.length - 1, starts: [0] };
  expect(baselineLoss(bigram(train, 96), unseen, all)).toBeLessThan(baselineLoss(addOne, unseen, all) - 0.1);
  expect(baselineLoss(bigram(train, 96), unseen, all)).toBeLessThan(
    baselineLoss(unigram(train, 96), unseen, all),
  );
});
