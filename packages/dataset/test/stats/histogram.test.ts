import { expect, test } from "vitest";
import { binEnd } from "../../src/index.js";
import { binOf, HistogramBuilder, mergeHistograms } from "../../src/stats/histogram.js";

test("a bin holds what lies between its ends, and is narrow", () => {
  for (const value of [1e-9, 0.0438, 0.3, 1, 1.124, 1.125, 7, 50, 99_999, 1e15]) {
    const from = binOf(value);
    const end = binEnd(from);
    expect(from).toBeLessThanOrEqual(value);
    expect(end).toBeGreaterThan(value);
    expect(end / from - 1).toBeLessThanOrEqual(1 / 16);
    expect(binOf(end)).toBe(end);
    expect(binOf(-value)).toBe(-from);
  }
  expect(binOf(0)).toBe(0);
  expect(Object.is(binOf(-0), 0)).toBe(true);
});

test("counts kept and dropped in ascending bins, and leaves out what is not finite", () => {
  const builder = new HistogramBuilder();
  for (const value of [5, -1, 0, 5.1, Number.NaN, Number.POSITIVE_INFINITY]) builder.add(value, value > 0);
  expect(builder.histogram()).toEqual([
    [-1, 0, 1],
    [0, 0, 1],
    [5, 2, 0],
  ]);
  expect(mergeHistograms([builder.histogram(), [[0, 1, 1]]])[1]).toEqual([0, 1, 2]);
});
