import { advantages, OptionsError } from "@llm/train";
import { expect, test } from "vitest";

test("advantages of groups: less the mean, less that of the others, divided by a deviation", () => {
  const rewards = [1, 0, 0, 0, 1, 1, 1, 1];
  const groups = { samples: 4 };
  expect(advantages(rewards, groups)).toEqual([0.75, -0.25, -0.25, -0.25, 0, 0, 0, 0]);
  expect(advantages(rewards)).toEqual(rewards.map((reward) => reward - 5 / 8));
  const others = advantages(rewards, { ...groups, baseline: "leave-one-out" });
  expect(others[0]).toBe(1);
  expect(others[1]).toBeCloseTo(-1 / 3, 12);
  // The deviation of [1, 0, 0, 0] is a half.
  expect(advantages(rewards, { ...groups, scale: "group" })[0]).toBeCloseTo(0.75 / (0.5 + 1e-4), 12);
  expect(advantages([3], { baseline: "none" })).toEqual([3]);
  expect(advantages([])).toEqual([]);
});

test.each([
  [[1, Number.NaN], {}, /reward 1 of advantages is NaN/],
  [[1, 0, 1], { samples: 2 }, /3, no whole groups of 2/],
  [[1], {}, /there is one/],
  [[1, 0], { baseline: "mean" }, /baseline/],
  [[1, 0], { sample: 2 }, /sample/],
])("%j with %j is refused", (rewards, options, words) => {
  expect(() => advantages(rewards, options as object)).toThrow(OptionsError);
  expect(() => advantages(rewards, options as object)).toThrow(words);
});
