import { uniform } from "@llm/sample";
import { describe, expect, test } from "vitest";
import { TOTAL } from "../../src/compression/range-coder.js";
import { Shares } from "../../src/compression/shares.js";

let position = 0;
const random = () => uniform({ seed: 21, position: position++ });

const logits: Record<string, (id: number) => number> = {
  "all alike": () => 0,
  "far apart": (id) => -90 * id,
  "one and no other": (id) => (id === 7 ? 800 : Number.NEGATIVE_INFINITY),
  "the last one": (id) => (id === 299 ? 1e4 : -1e4),
  any: () => 20 * random(),
};

describe.each(Object.entries(logits))("shares of logits that are %s", (_, logitOf) => {
  const shares = new Shares(300);
  const row = Float32Array.from({ length: 300 }, (_, id) => logitOf(id));
  shares.load(row);

  test("are whole parts, one at least, and together all of 2^24", () => {
    expect(TOTAL).toBe(2 ** 24);
    let next = 0;
    for (let symbol = 0; symbol <= shares.escape; symbol++) {
      const [from, width] = shares.of(symbol);
      expect([symbol, from]).toEqual([symbol, next]);
      expect(Number.isInteger(width) && width >= 1).toBe(true);
      next = from + width;
    }
    expect(next).toBe(TOTAL);
  });

  test("are found by each of their parts", () => {
    for (const symbol of [0, 1, 7, 150, 298, 299, shares.escape]) {
      const [from, width] = shares.of(symbol);
      for (const part of [from, from + (width >> 1), from + width - 1]) {
        expect(shares.at(part)).toEqual([symbol, from, width]);
      }
    }
  });

  test("are the model's probabilities, but for those parts", () => {
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - Math.max(...row)), 0);
    for (let symbol = 0; symbol < shares.escape; symbol++) {
      const [, width] = shares.of(symbol);
      const probability = Math.exp(row[symbol]! - Math.max(...row)) / total;
      expect(Math.abs(width / TOTAL - probability)).toBeLessThan(302 / TOTAL);
    }
  });
});
