// Matrices in 8 bits with one scale per row, times a few rows of floats that are rounded to 16 bits for it. Relaxed SIMD's dots
// of bytes take 7 bits of one side, so two of them would be needed: a fifth faster in Node 24, half as fast in Node 20.

import { maxLanes, splat } from "./vector";

// @ts-ignore: decorator
@inline
export function largestOf(x: usize, columns: usize): f32 {
  const end = x + (columns << 2);
  // Sizes are ordered as their bits are, with NaN above all.
  let most = i32x4.splat(0);
  let at = x;
  for (; at + 16 <= end; at += 16) most = i32x4.max_s(most, f32x4.abs(v128.load(at)));
  let largest = maxLanes(most);
  for (; at < end; at += 4) largest = max(largest, abs<f32>(load<f32>(at)));
  return largest;
}

/** scale = max |x| / 127 per row, values = round(x / scale). */
export function quantize(x: usize, values: usize, scales: usize, rows: usize, columns: usize): void {
  for (let r: usize = 0; r < rows; r++) {
    const row = x + ((r * columns) << 2);
    const largest = largestOf(row, columns);
    store<f32>(scales + (r << 2), largest / 127);
    const inverse: f32 = largest > 0 ? 127 / largest : 0;
    for (let j: usize = 0; j < columns; j++) {
      store<i8>(values + r * columns + j, <i8>nearest<f32>(load<f32>(row + (j << 2)) * inverse));
    }
  }
}

/** The same in 16 bits, with integers up to `limit`; rows of values lie `stride` elements apart. */
export function quantizeInput(
  x: usize, values: usize, scales: usize, rows: usize, columns: usize, stride: usize, limit: f32,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const row = x + ((r * columns) << 2);
    const to = values + ((r * stride) << 1);
    const largest = largestOf(row, columns);
    store<f32>(scales + (r << 2), largest / limit);
    const inverse: f32 = largest > 0 ? limit / largest : 0;
    let j: usize = 0;
    for (; j + 4 <= columns; j += 4) {
      const v = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(row + (j << 2)), splat(inverse))));
      v128.store64_lane(to + (j << 1), i16x8.narrow_i32x4_s(v, v), 0);
    }
    for (; j < columns; j++) store<i16>(to + (j << 1), <i16>nearest<f32>(load<f32>(row + (j << 2)) * inverse));
  }
}

/** Added to a number of at most 22 bits, this leaves it rounded in the lowest bits. */
const ROUNDER: f32 = 12582912;

// @ts-ignore: decorator
@inline
function scaled4(x: usize, factor: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(v128.load(x), factor), splat(ROUNDER)), splat(ROUNDER));
}

/**
 * The same in 8 bits, for the machine code of VNNI: rows of whole vectors of 64 bytes, and for each row its scale and -128
 * times its sum, four times each.
 */
export function quantizeBytes(
  x: usize, values: usize, scales: usize, corrections: usize, rows: usize, columns: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const largest = largestOf(x, columns);
    const inverse = splat(largest > 0 ? 127 / largest : 0);
    let sum = i32x4.splat(0);
    for (const end = values + columns; values < end; values += 16) {
      const a = scaled4(x, inverse);
      const b = scaled4(x + 16, inverse);
      const c = scaled4(x + 32, inverse);
      const d = scaled4(x + 48, inverse);
      sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
      v128.store(values, i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
      x += 64;
    }
    // Where one number is infinite, all that comes of the row is NaN.
    v128.store(scales + (r << 4), splat(largest / 127 + (largest - largest)));
    v128.store(corrections + (r << 4), i32x4.splat(-128 * addLanes32(sum)));
  }
}

// @ts-ignore: decorator
@inline
function addLanes32(x: v128): i32 {
  return i32x4.extract_lane(x, 0) + i32x4.extract_lane(x, 1) + i32x4.extract_lane(x, 2) + i32x4.extract_lane(x, 3);
}

/** sum + 16 products of x with w, whose halves were widened to 16 bits. */
// @ts-ignore: decorator
@inline
function dot16(x: usize, low: v128, high: v128, sum: v128): v128 {
  return i32x4.add(sum, i32x4.add(i32x4.dot_i16x8_s(v128.load(x), low), i32x4.dot_i16x8_s(v128.load(x, 16), high)));
}

/** The products that are left when the columns are no multiple of 16. */
// @ts-ignore: decorator
@inline
function dotRest(x: usize, w: usize, from: usize, columns: usize): i32 {
  let sum: i32 = 0;
  for (let p = from; p < columns; p++) sum += <i32>load<i16>(x + (p << 1)) * <i32>load<i8>(w + p);
  return sum;
}

/**
 * out[r, j] = inputScales[r] scales[j] (x[r] . values[j]) + bias[j] for j < n; rows of x lie `stride` 16-bit elements
 * apart, rows of out `outRow` floats: a caller may hand over any range of the weight's rows. Four rows of x share what
 * is read and widened of the weight.
 */
export function quantizedProduct(
  x: usize, inputScales: usize, stride: usize, values: usize, scales: usize, bias: usize, out: usize, outRow: usize,
  rows: usize, columns: usize, n: usize,
): void {
  const body = columns & ~15;
  const apart = stride << 1;
  for (let j: usize = 0; j < n; j++) {
    const w = values + j * columns;
    const scale = load<f32>(scales + (j << 2));
    const add: f32 = bias ? load<f32>(bias + (j << 2)) : 0;
    let r: usize = 0;
    for (; r + 4 <= rows; r += 4) {
      const row = x + r * apart;
      let a = i32x4.splat(0);
      let b = a;
      let c = a;
      let d = a;
      for (let p: usize = 0; p < body; p += 16) {
        const weights = v128.load(w + p);
        const low = i16x8.extend_low_i8x16_s(weights);
        const high = i16x8.extend_high_i8x16_s(weights);
        const at = row + (p << 1);
        a = dot16(at, low, high, a);
        b = dot16(at + apart, low, high, b);
        c = dot16(at + 2 * apart, low, high, c);
        d = dot16(at + 3 * apart, low, high, d);
      }
      for (let e: usize = 0; e < 4; e++) {
        const sums = e == 0 ? a : e == 1 ? b : e == 2 ? c : d;
        const dot = addLanes32(sums) + dotRest(row + e * apart, w, body, columns);
        const at = ((r + e) * outRow + j) << 2;
        store<f32>(out + at, load<f32>(inputScales + ((r + e) << 2)) * scale * <f32>dot + add);
      }
    }
    for (; r < rows; r++) {
      const row = x + r * apart;
      let a = i32x4.splat(0);
      let b = a;
      let p: usize = 0;
      for (; p + 32 <= columns; p += 32) {
        const first = v128.load(w + p);
        const second = v128.load(w + p, 16);
        const at = row + (p << 1);
        a = dot16(at, i16x8.extend_low_i8x16_s(first), i16x8.extend_high_i8x16_s(first), a);
        b = dot16(at + 32, i16x8.extend_low_i8x16_s(second), i16x8.extend_high_i8x16_s(second), b);
      }
      for (; p < body; p += 16) {
        const weights = v128.load(w + p);
        a = dot16(row + (p << 1), i16x8.extend_low_i8x16_s(weights), i16x8.extend_high_i8x16_s(weights), a);
      }
      const dot = addLanes32(i32x4.add(a, b)) + dotRest(row, w, body, columns);
      store<f32>(out + ((r * outRow + j) << 2), load<f32>(inputScales + (r << 2)) * scale * <f32>dot + add);
    }
  }
}
