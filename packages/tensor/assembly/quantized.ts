// Matrices in 8 bits with one scale per row, times a few rows of floats that are rounded to 16 bits for it.

import { splat } from "./vector";

// @ts-ignore: decorator
@inline
function largestOf(x: usize, columns: usize): f32 {
  let largest: f32 = 0;
  for (let at = x; at < x + (columns << 2); at += 4) largest = max(largest, abs<f32>(load<f32>(at)));
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

// @ts-ignore: decorator
@inline
function dot16(x: usize, w: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(v128.load(x), i16x8.extend_low_i8x16_s(w)),
    i32x4.dot_i16x8_s(v128.load(x, 16), i16x8.extend_high_i8x16_s(w)),
  );
}

/**
 * out[r, j] = inputScales[r] scales[j] (x[r] . values[j]) + bias[j] for j < n; rows of x lie `stride` 16-bit elements
 * apart, rows of out `outRow` floats: a caller may hand over any range of the weight's rows.
 */
export function quantizedProduct(
  x: usize, inputScales: usize, stride: usize, values: usize, scales: usize, bias: usize, out: usize, outRow: usize,
  rows: usize, columns: usize, n: usize,
): void {
  for (let j: usize = 0; j < n; j++) {
    const w = values + j * columns;
    const scale = load<f32>(scales + (j << 2));
    const add: f32 = bias ? load<f32>(bias + (j << 2)) : 0;
    for (let r: usize = 0; r < rows; r++) {
      const row = x + ((r * stride) << 1);
      let a = i32x4.splat(0);
      let b = a;
      let p: usize = 0;
      for (; p + 32 <= columns; p += 32) {
        a = i32x4.add(a, dot16(row + (p << 1), v128.load(w + p)));
        b = i32x4.add(b, dot16(row + (p << 1) + 32, v128.load(w + p, 16)));
      }
      for (; p + 16 <= columns; p += 16) a = i32x4.add(a, dot16(row + (p << 1), v128.load(w + p)));
      a = i32x4.add(a, b);
      let dot =
        i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1) + i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3);
      for (; p < columns; p++) dot += <i32>load<i16>(row + (p << 1)) * <i32>load<i8>(w + p);
      store<f32>(out + ((r * outRow + j) << 2), load<f32>(inputScales + (r << 2)) * scale * <f32>dot + add);
    }
  }
}
