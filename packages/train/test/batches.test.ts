import { describe, expect, test } from "vitest";
import { type BatchKey, DataError, tokenArray } from "../src/index.js";

const ids = Uint16Array.from({ length: 1000 }, (_, i) => i);
const key: BatchKey = { split: "train", step: 3, micro: 0, batchSize: 4, blockSize: 8, seed: 5 };
const data = tokenArray(ids);

test("every row is a window, and targets are the ids after", () => {
  const { ids, targets } = data.batch(key);
  expect(ids).toBeInstanceOf(Int32Array);
  expect(ids.length).toBe(32);
  for (let i = 0; i < 32; i++) {
    expect(targets[i]).toBe(ids[i]! + 1);
    if (i % 8 > 0) expect(ids[i]).toBe(ids[i - 1]! + 1);
  }
});

test("a batch is a function of its key, and of every part of it", () => {
  expect(data.batch(key)).toEqual(data.batch({ ...key }));
  for (const other of [{ step: 4 }, { micro: 1 }, { seed: 6 }, { rank: 1, world: 2 }]) {
    expect(data.batch({ ...key, ...other })).not.toEqual(data.batch(key));
  }
});

test("the rows of all ranks together are those of one process", () => {
  const whole = data.batch(key).ids;
  const ranks = [0, 1].flatMap((rank) => [...data.batch({ ...key, batchSize: 2, rank, world: 2 }).ids]);
  expect(ranks).toEqual([...whole]);
});

describe('windows: "dealt"', () => {
  const dealt = tokenArray(ids, { windows: "dealt" });
  const windows = Math.floor((900 - 8) / 8);
  const starts = (from: number, rows: number, part: Partial<BatchKey> = {}) =>
    Array.from(
      { length: rows },
      (_, i) => dealt.batch({ ...key, batchSize: 1, step: 1 + from + i, ...part }).ids[0]!,
    );

  test("every window comes once, side by side, before any comes again", () => {
    for (const round of [0, 1]) {
      const once = starts(round * windows, windows);
      const sorted = [...once].sort((a, b) => a - b);
      expect(sorted).toEqual(Array.from({ length: windows }, (_, i) => sorted[0]! + 8 * i));
      expect(once).not.toEqual(sorted);
    }
    expect(starts(windows, windows)).not.toEqual(starts(0, windows));
  });

  test("accumulated batches and ranks share out the rows that one large batch has", () => {
    const whole = dealt.batch({ ...key, batchSize: 12 }).ids;
    const parts = [0, 1, 2].flatMap((micro) =>
      [0, 1].flatMap((rank) => [
        ...dealt.batch({ ...key, batchSize: 2, micro, accumulation: 3, rank, world: 2 }).ids,
      ]),
    );
    expect(parts).toEqual([...whole]);
  });

  test("a split of a single window is dealt again and again", () => {
    const { ids, targets } = dealt.batch({ ...key, split: "val", blockSize: 99 });
    expect(ids.length).toBe(4 * 99);
    expect(targets[98]).toBe(999);
  });
});

describe("splits", () => {
  const seen = (split: string) => {
    const found = new Set<number>();
    for (let step = 0; step < 400; step++) {
      const { ids, targets } = data.batch({ ...key, split, step, batchSize: 8 });
      for (const id of [...ids, ...targets]) found.add(id);
    }
    return [...found].sort((a, b) => a - b);
  };

  test("the first 90 % train, the rest validates, and both are covered to their borders", () => {
    expect(seen("train")).toEqual(Array.from({ length: 900 }, (_, i) => i));
    expect(seen("val")).toEqual(Array.from({ length: 100 }, (_, i) => 900 + i));
  });

  test("starts are uniform (chi-squared over ten bins)", () => {
    const bins = new Array<number>(10).fill(0);
    const draws = 10_000;
    for (let step = 0; step < draws / 100; step++) {
      const { ids } = data.batch({ ...key, step, batchSize: 100 });
      for (let row = 0; row < 100; row++) bins[Math.floor((ids[row * 8]! / 892) * 10)]! += 1;
    }
    const expected = draws / 10;
    const chi2 = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chi2).toBeLessThan(27.9); // 9 degrees of freedom, p = 0.001
  });

  test("an unknown or too short one is refused", () => {
    expect(() => data.batch({ ...key, split: "test" })).toThrow(DataError);
    expect(() => data.batch({ ...key, split: "val", blockSize: 100 })).toThrow("101");
    expect(() => data.batch({ ...key, split: "val", blockSize: 99 })).not.toThrow();
    expect(() => tokenArray(ids, { split: 0 })).toThrow(RangeError);
  });
});
