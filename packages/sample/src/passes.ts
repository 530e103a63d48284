// Passes over the vocabulary: each is a function of its own, which an engine compiles well.

import { exponential } from "./exponential.js";
import { type Slices, sliceOf } from "./slices.js";

/** Copies a model's logits. */
export function copy(logits: ArrayLike<number>, to: Float64Array, size: number): void {
  for (let id = 0; id < size; id++) to[id] = logits[id]!;
}

/** Writes the ids 0, 1, 2 and so on. */
export function count(ids: Uint32Array, size: number): void {
  for (let id = 0; id < size; id++) ids[id] = id;
}

/** The highest logit and the lowest; NaN where there is none, or one that is not finite. */
export function finiteRange(logits: Float64Array, size: number): { max: number; min: number } {
  let max = Number.NEGATIVE_INFINITY;
  let max1 = max; // Four at a time, which need not wait for each other.
  let max2 = max;
  let max3 = max;
  let min = Number.POSITIVE_INFINITY;
  let min1 = min;
  let min2 = min;
  let min3 = min;
  let i = 0;
  for (; i + 3 < size; i += 4) {
    const a = logits[i]!;
    const b = logits[i + 1]!;
    const c = logits[i + 2]!;
    const d = logits[i + 3]!;
    if (!(a - a + (b - b) + (c - c) + (d - d) === 0)) return { max: Number.NaN, min: Number.NaN };
    if (a > max) max = a;
    if (b > max1) max1 = b;
    if (c > max2) max2 = c;
    if (d > max3) max3 = d;
    if (a < min) min = a;
    if (b < min1) min1 = b;
    if (c < min2) min2 = c;
    if (d < min3) min3 = d;
  }
  for (; i < size; i++) {
    const a = logits[i]!;
    if (!(a - a === 0)) return { max: Number.NaN, min: Number.NaN };
    if (a > max) max = a;
    if (a < min) min = a;
  }
  if (size === 0) return { max: Number.NaN, min: Number.NaN };
  return { max: Math.max(max, max1, max2, max3), min: Math.min(min, min1, min2, min3) };
}

/** What the weights add up to. */
export function sum(weights: Float64Array, size: number): number {
  let total = 0;
  for (let i = 0; i < size; i++) total += weights[i]!;
  return total;
}

/** What the weights would add up to. */
export function weightOf(logits: Float64Array, max: number, size: number): number {
  let total = 0;
  for (let i = 0; i < size; i++) total += exponential(logits[i]! - max);
  return total;
}

/** Fills the weights, e^(logit - max), and adds them up. */
export function weigh(logits: Float64Array, max: number, size: number, weights: Float64Array): number {
  let total = 0;
  for (let i = 0; i < size; i++) {
    const weight = exponential(logits[i]! - max);
    weights[i] = weight;
    total += weight;
  }
  return total;
}

/** The same, and what those of each slice add up to. */
export function weighInSlices(
  logits: Float64Array,
  max: number,
  size: number,
  weights: Float64Array,
  { perUnit, worth }: Slices,
): number {
  let total = 0;
  for (let i = 0; i < size; i++) {
    const below = logits[i]! - max;
    const weight = exponential(below);
    weights[i] = weight;
    total += weight;
    worth[sliceOf(below, perUnit)]! += weight;
  }
  return total;
}

/** Divides what each logit is below the highest by the temperature. */
export function cool(logits: Float64Array, max: number, temperature: number, size: number): void {
  for (let i = 0; i < size; i++) logits[i] = (logits[i]! - max) / temperature;
}

/** Cools and weighs at once: memory is what takes time. */
export function coolAndWeigh(
  logits: Float64Array,
  max: number,
  temperature: number,
  size: number,
  weights: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < size; i++) {
    const logit = (logits[i]! - max) / temperature;
    logits[i] = logit;
    const weight = exponential(logit);
    weights[i] = weight;
    total += weight;
  }
  return total;
}

/** What the surprise of each token is worth, by its weight: the entropy times the sum of the weights. */
export function weighSurprise(
  logits: Float64Array,
  logTotal: number,
  size: number,
  weights: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < size; i++) total += weights[i]! * (logTotal - logits[i]!);
  return total;
}

/** Writes how near each token's surprise is to the entropy, as a key that is 0 at best, and adds its weight to its slice. */
export function writeNearness(
  logits: Float64Array,
  logTotal: number,
  entropy: number,
  size: number,
  keys: Float64Array,
  weights: Float64Array,
  { perUnit, worth }: Slices,
): void {
  for (let i = 0; i < size; i++) {
    const key = -Math.abs(logTotal - logits[i]! - entropy);
    keys[i] = key;
    worth[sliceOf(key, perUnit)]! += weights[i]!;
  }
}
