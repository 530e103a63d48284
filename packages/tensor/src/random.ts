import { ShapeError } from "./errors.js";
import { sizeOf, type Tensor, tensor } from "./tensor.js";

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
function hashKeys(...keys: readonly number[]): [number, number] {
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
export function randomBits(key: readonly [number, number], index: number): number {
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

/** Normal values by the Box-Muller transform in double precision, so equal on every engine. */
export function randomNormal(
  shape: readonly number[],
  options: { mean?: number; std?: number; seed: number; stream?: number },
): Tensor {
  const { mean = 0, std = 1, seed, stream = 0 } = options;
  const next = rng(seed, stream);
  const values = new Float64Array(sizeOf(shape));
  for (let i = 0; i < values.length; i += 2) {
    const radius = std * Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    values[i] = mean + radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = mean + radius * Math.sin(angle);
  }
  return tensor(values, shape);
}

/** Uniform values in [low, high). */
export function randomUniform(
  shape: readonly number[],
  options: { low?: number; high?: number; seed: number; stream?: number },
): Tensor {
  const { low: from = 0, high: until = 1, seed, stream = 0 } = options;
  const next = rng(seed, stream);
  const values = new Float64Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = from + (until - from) * next();
  return tensor(values, shape);
}
