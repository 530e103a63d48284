// Dropout of attention's weights: which element of all weights (batch, heads, queries, keys) each of them is.

import { scramble4 } from "./elementwise";
import { native } from "./gemm";

/**
 * The index, among the elements of dropout, of key 0 for query t. `dropped` is where a caller has written, in 4 bytes each, what
 * the weights are dropped by: the threshold of random words, the factor of what stays, the two words of the key, and the
 * length of a row of weights.
 */
// @ts-ignore: decorator
@inline
export function rowIndex(dropped: usize, index: u32, t: usize): u32 {
  return index + <u32>t * rowLength(dropped);
}

// @ts-ignore: decorator
@inline
export function rowLength(dropped: usize): u32 {
  return load<u32>(dropped, 16);
}

/** `dropout` of elementwise.ts in place, for the elements from `index` on; up to 12 bytes behind the row are multiplied too. */
export function dropRow(row: usize, bytes: usize, index: u32, dropped: usize): void {
  const threshold = v128.load32_splat(dropped);
  const keep = v128.load32_splat(dropped, 4);
  const key0 = v128.load32_splat(dropped, 8);
  const key1 = v128.load32_splat(dropped, 12);
  let at = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(index));
  for (let o: usize = 0; o < bytes; o += 16) {
    const bits = scramble4(i32x4.add(scramble4(v128.xor(at, key0)), key1));
    v128.store(row + o, v128.and(i32x4.ge_u(bits, threshold), f32x4.mul(v128.load(row + o), keep)));
    at = i32x4.add(at, i32x4.splat(4));
  }
}

/** In machine code, native/code/dropout.ts: `dropRow` for rows that have one float more each. */
// @ts-ignore: decorator
@external("env", "dropRows")
declare function dropRows(row: usize, stride: usize, rows: usize, bytes: usize, dropped: usize, index: u32): void;

/** `dropRow` for a block of rows, the first of them number t, whose row r has `end` + r columns from key `low` on. */
export function dropBlock(
  block: usize, stride: usize, rows: usize, end: usize, t: usize, low: usize, dropped: usize, index: u32,
): void {
  const first = rowIndex(dropped, index, t) + <u32>low;
  if (native) {
    dropRows(block, stride, rows, end << 2, dropped, first);
    return;
  }
  for (let r: usize = 0; r < rows; r++) {
    dropRow(block + r * stride, (end + r) << 2, first + <u32>r * rowLength(dropped), dropped);
  }
}
