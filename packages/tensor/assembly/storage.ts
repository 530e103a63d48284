// Weights in fewer bits than a float: products read them as floats, and never hold more than a panel of these.

import { splat } from "./vector";

/** How a weight is stored: a number takes 4 >> storage bytes. Row r of one in int8 stands for scales[r] times its integers. */
export const BFLOAT16: i32 = 1;
export const INT8: i32 = 2;

/** Four numbers of type f32, u16 (bfloat16) or i8 as floats; the last are multiplied by `scale`. */
// @ts-ignore: decorator
@inline
export function load4<T>(at: usize, scale: v128): v128 {
  if (sizeof<T>() == 4) return v128.load(at);
  if (sizeof<T>() == 2) return i32x4.shl(v128.load_ext<u16>(at), 16);
  const integers = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(at)));
  return f32x4.mul(f32x4.convert_i32x4_s(integers), scale);
}

/** One number. */
// @ts-ignore: decorator
@inline
export function load1<T>(at: usize, scale: f32): f32 {
  if (sizeof<T>() == 4) return load<f32>(at);
  if (sizeof<T>() == 2) return reinterpret<f32>(<u32>load<u16>(at) << 16);
  return <f32>load<i8>(at) * scale;
}

/** The scale of a row; only i8 has one. */
// @ts-ignore: decorator
@inline
export function scaleOf<T>(scales: usize, row: usize): f32 {
  if (sizeof<T>() == 1) return load<f32>(scales + (row << 2));
  return 1;
}

function widenAs<T>(
  from: usize, fromStride: usize, to: usize, toStride: usize, rows: usize, columns: usize, scales: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const x = from + r * fromStride;
    const out = to + r * toStride;
    const scale = scaleOf<T>(scales, r);
    let j: usize = 0;
    for (; j + 4 <= columns; j += 4) v128.store(out + (j << 2), load4<T>(x + j * sizeof<T>(), splat(scale)));
    for (; j < columns; j++) store<f32>(out + (j << 2), load1<T>(x + j * sizeof<T>(), scale));
  }
}

/** Rows of a stored weight as floats; strides in bytes. */
export function widen(
  from: usize, fromStride: usize, to: usize, toStride: usize, rows: usize, columns: usize, storage: i32, scales: usize,
): void {
  if (storage == INT8) widenAs<i8>(from, fromStride, to, toStride, rows, columns, scales);
  else widenAs<u16>(from, fromStride, to, toStride, rows, columns, scales);
}

// @ts-ignore: decorator
@inline
function round4(x: v128): v128 {
  const upper = i32x4.shr_u(x, 16);
  const odd = v128.and(upper, i32x4.splat(1));
  const rounded = i32x4.shr_u(i32x4.add(x, i32x4.add(odd, i32x4.splat(0x7fff))), 16);
  // A NaN keeps what fits of its payload, or gets one.
  const empty = i32x4.eq(v128.and(upper, i32x4.splat(0x7f)), i32x4.splat(0));
  const nan = v128.or(upper, v128.and(empty, i32x4.splat(0x40)));
  return v128.bitselect(nan, rounded, f32x4.ne(x, x));
}

/** Floats rounded to bfloat16, ties to even. */
export function toBfloat16(x: usize, out: usize, length: usize): void {
  let i: usize = 0;
  for (; i + 4 <= length; i += 4) {
    const words = round4(v128.load(x + (i << 2)));
    v128.store64_lane(out + (i << 1), i16x8.narrow_i32x4_u(words, words), 0);
  }
  for (; i < length; i++) {
    store<u16>(out + (i << 1), <u16>i32x4.extract_lane(round4(v128.load32_zero(x + (i << 2))), 0));
  }
}
