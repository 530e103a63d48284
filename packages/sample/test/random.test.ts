import { uniform } from "@llm/sample";
import { expect, test } from "vitest";
import { philox } from "../src/random.js";

// Known answers published with Random123 (kat_vectors, philox4x32 10).
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as [[number, number, number, number], [number, number], number[]][])(
  "philox of %j",
  (counter, key, words) => {
    expect(philox(counter, key)).toEqual(words);
  },
);

test("uniform numbers are in [0, 1), differ by key, and repeat", () => {
  const seen = new Set<number>();
  for (const seed of [0, 1, 2 ** 40]) {
    for (const row of [0, 1]) {
      for (let position = 0; position < 500; position++) {
        const u = uniform({ seed, row, position });
        expect(u).toBeGreaterThanOrEqual(0);
        expect(u).toBeLessThan(1);
        expect(uniform({ seed, row, position })).toBe(u);
        seen.add(u);
      }
    }
  }
  expect(seen.size).toBe(3000);
});

test("uniform numbers are uniform: mean, variance and a chi-square over 64 bins", () => {
  const n = 64_000;
  const bins = new Uint32Array(64);
  let sum = 0;
  let squares = 0;
  for (let position = 0; position < n; position++) {
    const u = uniform({ seed: 42, position });
    bins[Math.floor(u * 64)]!++;
    sum += u;
    squares += (u - 0.5) ** 2;
  }
  const chiSquare = bins.reduce((total, count) => total + (count - 1000) ** 2 / 1000, 0);
  expect(Math.abs(sum / n - 0.5)).toBeLessThan(0.005);
  expect(Math.abs(squares / n - 1 / 12)).toBeLessThan(0.002);
  expect(chiSquare).toBeLessThan(103.4); // the 99.9% quantile for 63 degrees of freedom
});
