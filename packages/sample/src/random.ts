// A counter-based generator: the n-th number of a stream is a function of its key, so that what
// one row draws never depends on which other rows are drawn beside it.

import type { Kinds } from "@llm/platform/options";
import { check } from "./check.js";

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16); // < 2^32
  const carry = aLow * bHigh + (middle & 0xffff); // < 2^32
  return (aHigh * bHigh + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

/**
 * Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): four random
 * 32-bit words from a counter of four words and a key of two.
 */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [x0, x1, x2, x3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(x0, 0xd2511f53);
    const high1 = multiplyHigh(x2, 0xcd9e8d57);
    const low0 = Math.imul(x0, 0xd2511f53) >>> 0;
    const low1 = Math.imul(x2, 0xcd9e8d57) >>> 0;
    [x0, x1, x2, x3] = [(high1 ^ x1 ^ k0) >>> 0, low1, (high0 ^ x3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [x0, x1, x2, x3];
}

/** What one draw is keyed by; equal keys give equal numbers. Non-negative integers below 2^53. */
export interface DrawKey {
  seed: number;
  /** Which of several sequences sampled with one seed. */
  row?: number;
  /** Index of the token that is drawn, counted from the start of its sequence. */
  position: number;
}

const low = (n: number): number => n >>> 0;
const high = (n: number): number => Math.floor(n / 2 ** 32) >>> 0;

const DRAW_KEY: Kinds<DrawKey> = { seed: "natural!", row: "natural", position: "natural!" };

/** A uniform number in [0, 1) with 53 random bits, the one that belongs to this key. */
export function uniform(key: DrawKey): number {
  check("uniform", key, DRAW_KEY);
  const { seed, row = 0, position } = key;
  const [a, b] = philox([low(position), high(position), low(row), high(row)], [low(seed), high(seed)]);
  return ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53;
}
