import { uniform } from "@llm/sample";
import { expect, test } from "vitest";
import { RangeDecoder, RangeEncoder, TOTAL } from "../../src/compression/range-coder.js";

let position = 0;
const random = () => uniform({ seed: 11, position: position++ });
const below = (n: number) => Math.floor(n * random());

/** Symbols of all sizes: a part of 2^24, nearly all of it, and what lies between; at the ends and in the middle. */
function share(): [from: number, width: number, total: number] {
  const total = [TOTAL, TOTAL, 256, 2][below(4)]!;
  const width = [1, total - 1, 1 + below(total - 1), Math.max(1, Math.floor(total ** random()))][below(4)]!;
  const from = [0, total - width, below(total - width + 1)][below(3)]!;
  return [from, width, total];
}

test("what was encoded is decoded, in as many bytes as it takes", () => {
  for (let round = 0; round < 60; round++) {
    const shares = Array.from({ length: below(400) }, share);
    const encoder = new RangeEncoder();
    let bits = 0;
    for (const [from, width, total] of shares) {
      encoder.encode(from, width, total);
      bits += Math.log2(total / width);
    }
    const bytes = encoder.finish();
    expect(bytes.length).toBeLessThanOrEqual(Math.ceil(bits / 8 + 1 + shares.length / 2 ** 12));
    const decoder = new RangeDecoder(bytes);
    for (const [from, width, total] of shares) {
      const target = decoder.target(total);
      expect(target).toBeGreaterThanOrEqual(from);
      expect(target).toBeLessThan(from + width);
      decoder.take(from, width, total);
    }
  }
});

test("carries run through bytes that are full", () => {
  for (const last of [0, 1]) {
    const encoder = new RangeEncoder();
    // Just below one half, again and again, and then above it.
    for (let i = 0; i < 40; i++) encoder.encode(i === 0 ? 2 ** 23 - 1 : 2 ** 24 - 1, 1);
    encoder.encode(last * 2 ** 23, 2 ** 23);
    const decoder = new RangeDecoder(encoder.finish());
    for (let i = 0; i < 40; i++) {
      const target = i === 0 ? 2 ** 23 - 1 : 2 ** 24 - 1;
      expect(decoder.target()).toBe(target);
      decoder.take(target, 1);
    }
    expect(decoder.target() >= 2 ** 23 ? 1 : 0).toBe(last);
  }
});
