import type { RandomKey, TensorData } from "./device-buffer.js";
import { ShapeError } from "./errors.js";

/** A bijective scramble of 32 bits (multiply, xor-shift; constants found by a search for low bias). */
function scramble(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97 | 0);
  return x ^ (x >>> 15);
}

const low = (value: number): number => value | 0;
const high = (value: number): number => Math.floor(value / 0x1_0000_0000) | 0;

/** Two independent 32-bit words from integer keys, all 53 bits of each counting. */
export function hashKeys(...keys: readonly number[]): [number, number] {
  let a = 0x243f6a88;
  let b = 0x85a308d3 | 0;
  for (const key of keys) {
    if (!Number.isSafeInteger(key)) throw new ShapeError(`A random key must be an integer, not ${key}.`);
    a = scramble(a ^ low(key));
    b = scramble(b + a);
    a = scramble((a + 0x9e3779b9) ^ high(key));
    b = scramble(b ^ a);
  }
  return [a, b];
}

/** The random word of element `index` under a key; every engine computes the same. */
export function randomBits(key: RandomKey, index: number): number {
  return scramble(scramble(index ^ key[0]) + key[1]);
}

/** The key of a dropout mask. */
export function dropoutKey(options: { seed: number; step: number; stream: number }): [number, number] {
  return hashKeys(0x64726f70, options.seed, options.step, options.stream);
}

/**
 * A stream of uniform numbers in [0, 1) with 53 random bits, a pure function of (seed, keys) and the number of
 * calls: nothing to save to resume it but the keys.
 */
export function rng(seed: number, ...keys: readonly number[]): () => number {
  const [a, b] = hashKeys(0x756e6966, seed, ...keys);
  let count = 0;
  return () => {
    const first = randomBits([a, b], low(count)) >>> 5;
    const second = randomBits([b, a], scramble(high(count)) ^ low(count)) >>> 6;
    count++;
    return (first * 0x400_0000 + second) / 0x20_0000_0000_0000;
  };
}

/** ln(n / 2^32) for an integer 0 < n <= 2^32: n = m 2^e with m near 1, and ln m = 2 artanh((m - 1) / (m + 1)). */
function logFraction(n: number): number {
  let exponent = n === 0x1_0000_0000 ? 32 : 31 - Math.clz32(n);
  let m = n / 2 ** exponent;
  if (m > Math.SQRT2) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let series = 0;
  for (let k = 21; k > 0; k -= 2) series = series * z + 1 / k;
  return (exponent - 32) * Math.LN2 + 2 * s * series;
}

/** out[i] = offset + factor * a uniform number in [0, 1) of 24 bits, the same on every engine. */
export function fillUniform(out: TensorData, key: RandomKey, offset: number, factor: number): void {
  for (let i = 0; i < out.length; i++) out[i] = offset + factor * ((randomBits(key, i) >>> 8) / 0x100_0000);
}

/**
 * out[i] = offset + factor * a normal number, by the transform of Box and Muller. Logarithm, sine and cosine are written
 * out, in additions, products and divisions that are the same everywhere: so the values are equal on every engine.
 */
export function fillNormal(out: TensorData, key: RandomKey, offset: number, factor: number): void {
  for (let i = 0; i < out.length; i += 2) {
    const radius = factor * Math.sqrt(-2 * logFraction((randomBits(key, i) >>> 0) + 1));
    const turns = (randomBits(key, i + 1) >>> 0) / 0x4000_0000; // in quarters
    const quarter = Math.floor(turns + 0.5);
    const x = (turns - quarter) * (Math.PI / 2);
    const z = x * x;
    let cosine = 1;
    let sine = 1;
    for (let k = 16; k > 0; k -= 2) {
      cosine = 1 - (cosine * z) / (k * (k - 1));
      sine = 1 - (sine * z) / (k * (k + 1));
    }
    sine *= x;
    const circle = [cosine, sine, -cosine, -sine];
    out[i] = offset + radius * circle[quarter & 3 ? 4 - (quarter & 3) : 0]!;
    if (i + 1 < out.length) out[i + 1] = offset + radius * circle[(5 - (quarter & 3)) & 3]!;
  }
}
