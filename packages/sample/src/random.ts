// A counter-based generator: the n-th number of a stream is a function of its key, so that what
// one row draws never depends on which other rows are drawn beside it.

import type { Kinds } from "@llm/platform/options";
import { check, checkSeed } from "./check.js";

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

/** What one draw is keyed by; equal keys give equal numbers. Whole numbers below 2^53. */
export interface DrawKey {
  /** May be negative, and then is a seed like any other. */
  seed: number;
  /** Which of several sequences sampled with one seed. */
  row?: number;
  /** Index of the token that is drawn, counted from the start of its sequence. */
  position: number;
}

// The two halves of a 64-bit integer, in two's complement.
const low = (n: number): number => n >>> 0;
const high = (n: number): number => Math.floor(n / 2 ** 32) >>> 0;

const DRAW_KEY: Kinds<DrawKey> = { seed: "number!", row: "natural", position: "natural!" };

/** A uniform number in [0, 1) with 53 random bits, the one that belongs to this key. */
export function uniform(key: DrawKey): number {
  check("uniform", key, DRAW_KEY);
  checkSeed("uniform", key.seed);
  return uniforms(key.seed, key.row ?? 0, key.position)[0];
}

/** Two independent numbers for one position: one draws the token, the other decides what is a matter of chance before. */
export function uniforms(seed: number, row: number, position: number): [draw: number, chance: number] {
  const [a, b, c, d] = philox([low(position), high(position), low(row), high(row)], [low(seed), high(seed)]);
  return [fraction(a, b), fraction(c, d)];
}

/** 53 of 64 bits as a number in [0, 1). */
function fraction(a: number, b: number): number {
  return ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53;
}
