import { describe, expect, test } from "vitest";
import { schedule } from "../src/index.js";

const all = (rate: (update: number) => number, n: number) => Array.from({ length: n }, (_, i) => rate(i));

test("cosine: nanoGPT's get_lr at chosen updates", () => {
  const rate = schedule.cosine({ lr: 1e-3, minLr: 1e-4, warmup: 100, steps: 2000 });
  expect(rate(0)).toBeCloseTo(1e-3 / 101, 12);
  expect(rate(99)).toBeCloseTo(0.1 / 101, 12);
  expect(rate(100)).toBe(1e-3);
  expect(rate(1050)).toBeCloseTo(5.5e-4, 12);
  expect(rate(575)).toBeCloseTo(1e-4 + 0.5 * (1 + Math.SQRT1_2) * 9e-4, 12);
  expect(rate(2000)).toBe(1e-4);
  expect(rate(9999)).toBe(1e-4);
});

test("linear goes straight down", () => {
  const rate = schedule.linear({ lr: 1, minLr: 0.2, warmup: 2, steps: 10 });
  expect(all(rate, 12).map((r) => Number(r.toFixed(6)))).toEqual([
    0.333333, 0.666667, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.2,
  ]);
});

test("wsd warms up, stays, decays", () => {
  const rate = schedule.wsd({ lr: 1, warmup: 1, steps: 8, decay: 4 });
  expect(all(rate, 10)).toEqual([0.5, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0, 0]);
});

test("constant stays", () => {
  expect(all(schedule.constant({ lr: 3 }), 3)).toEqual([3, 3, 3]);
  expect(all(schedule.constant({ lr: 3, warmup: 2 }), 4)).toEqual([1, 2, 3, 3]);
});

describe("settings that contradict each other are refused", () => {
  test.each([
    () => schedule.cosine({ lr: 1e-4, minLr: 1e-3, steps: 10 }),
    () => schedule.linear({ lr: 1, warmup: 20, steps: 10 }),
    () => schedule.wsd({ lr: 1, warmup: 5, decay: 6, steps: 10 }),
    () => schedule.constant({ lr: Number.NaN }),
  ])("%s", (make) => {
    expect(make).toThrow(RangeError);
  });
});
