// What both passes of attention know of the rows in a block of scores.

import { addLanes, cap4, fma, splat } from "./vector";

/** Query rows at a time. */
export const ROWS: usize = 64;
/** Bytes in front of the scratch memory: two rows for the borders of products, then numbers of the rows of a block. */
export const EDGE: usize = 128;
export const NUMBERS: usize = 64 + ROWS * 8 + 64;

// @ts-ignore: decorator
@inline
export function up16(n: usize): usize {
  return (n + 15) & ~15;
}

/** Floats from one row of scores to the next: rows a power of two apart would all want the same places in the cache. */
// @ts-ignore: decorator
@inline
export function rowOf(keys: usize): usize {
  return up16(keys) + 16;
}

/** The first key that the query at `position` sees; a window of 0 has no end. */
// @ts-ignore: decorator
@inline
export function firstKey(position: usize, window: usize): usize {
  return window == 0 || position < window ? 0 : position - window + 1;
}

/**
 * The same for query t, which sees nothing before firsts[t] either, if there are `firsts`. Those count from a key that lies
 * `before` the first one here.
 */
// @ts-ignore: decorator
@inline
export function firstSeen(position: usize, window: usize, firsts: usize, before: usize, t: usize): usize {
  const first = firstKey(position, window);
  return firsts ? max(first, <usize>load<u32>(firsts + (t << 2)) - before) : first;
}

/** The first key that any of `rows` queries sees, the first of them number t at `position`. */
export function firstOfAll(
  position: usize, window: usize, firsts: usize, before: usize, t: usize, rows: usize,
): usize {
  if (!firsts) return firstKey(position, window);
  let first = firstSeen(position, window, firsts, before, t);
  for (let r: usize = 1; r < rows; r++) first = min(first, firstSeen(position + r, window, firsts, before, t + r));
  return first;
}

/** The first key for the code that counts a block's rows from its key `low`: below 0 for as long as there is no end. */
// @ts-ignore: decorator
@inline
export function firstOfBlock(position: usize, window: usize, low: usize): isize {
  return window == 0 ? -(<isize>ROWS) : <isize>(position + 1) - <isize>window - <isize>low;
}

/** How many of at most `rows` queries from t on begin `step` keys further on than the one before. */
export function runLength(
  position: usize, window: usize, firsts: usize, before: usize, t: usize, rows: usize, step: usize,
): usize {
  let n: usize = 1;
  let first = firstSeen(position, window, firsts, before, t);
  while (n < rows) {
    const next = firstSeen(position + n, window, firsts, before, t + n);
    if (next != first + step) break;
    first = next;
    n++;
  }
  return n;
}

/** score = softcap tanh(scale score / softcap), over a row. */
export function capRow(row: usize, keys: usize, scale: f32, softcap: f32): void {
  const bytes = keys << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) v128.store(row + o, cap4(f32x4.mul(v128.load(row + o), splat(scale)), softcap));
  for (; o < bytes; o += 4) {
    store<f32>(row + o, f32x4.extract_lane(cap4(splat(load<f32>(row + o) * scale), softcap), 0));
  }
}

/** What machine code is told of all scores, in front of two numbers for each row. */
export function scoreNumbers(numbers: usize, scale: f32, softcap: f32): void {
  store<f32>(numbers, scale);
  store<f32>(numbers, (2 * scale) / softcap, 4);
  store<f32>(numbers, softcap, 8);
}

// @ts-ignore: decorator
@inline
export function dot(a: usize, b: usize, bytes: usize): f32 {
  const body = bytes & ~15;
  let sums = splat(0);
  for (let o: usize = 0; o < body; o += 16) sums = fma(v128.load(a + o), v128.load(b + o), sums);
  let sum = addLanes(sums);
  for (let o = body; o < bytes; o += 4) sum += load<f32>(a + o) * load<f32>(b + o);
  return sum;
}
