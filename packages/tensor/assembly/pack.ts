// Matrices laid out anew: transposed, and in the panels that products read in order. Weights in fewer bits become floats here.

import { BFLOAT16, INT8, load1, load4, scaleOf } from "./storage";
import { splat } from "./vector";

/** Columns of a panel of B. */
export const PANEL: usize = 16;

// @ts-ignore: decorator
@inline
function transpose4<T>(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const a = load4<T>(from, splat(1));
  const b = load4<T>(from + fromStride, splat(1));
  const c = load4<T>(from + 2 * fromStride, splat(1));
  const d = load4<T>(from + 3 * fromStride, splat(1));
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(to + toStride, v128.shuffle<f64>(ab, cd, 1, 3));
  v128.store(to + 2 * toStride, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 3 * toStride, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
}

function transposeAs<T>(
  from: usize, fromStride: usize, to: usize, toStride: usize, rows: usize, columns: usize,
): void {
  let i: usize = 0;
  for (; i + 4 <= rows; i += 4) {
    let j: usize = 0;
    for (; j + 4 <= columns; j += 4) {
      transpose4<T>(from + i * fromStride + j * sizeof<T>(), fromStride, to + j * toStride + (i << 2), toStride);
    }
    for (; j < columns; j++) {
      for (let e: usize = i; e < i + 4; e++) {
        store<f32>(to + j * toStride + (e << 2), load1<T>(from + e * fromStride + j * sizeof<T>(), 1));
      }
    }
  }
  for (; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) {
      store<f32>(to + j * toStride + (i << 2), load1<T>(from + i * fromStride + j * sizeof<T>(), 1));
    }
  }
}

/** to[j][i] = from[i][j] for i < rows, j < columns; strides in bytes. */
export function transposeInto(
  from: usize, fromStride: usize, to: usize, toStride: usize, rows: usize, columns: usize,
): void {
  transposeAs<f32>(from, fromStride, to, toStride, rows, columns);
}

function packAs<T>(
  b: usize, stride: usize, transposed: bool, k: usize, n: usize, width: usize, to: usize, scales: usize,
): void {
  const bytes = width << 2;
  for (let j: usize = 0; j < n; j += width) {
    const columns = min(width, n - j);
    const panel = to + j * k * 4;
    if (columns < width) memory.fill(panel, 0, k * bytes);
    if (sizeof<T>() > 1 && transposed) {
      transposeAs<T>(b + j * stride, stride, panel, bytes, columns, k);
      continue;
    }
    let from = b + j * sizeof<T>();
    let at = panel;
    for (let p: usize = 0; p < k; p++) {
      const scale = scaleOf<T>(scales, p);
      if (columns == width) {
        for (let e: usize = 0; e < width; e += 4) {
          v128.store(at + (e << 2), load4<T>(from + e * sizeof<T>(), splat(scale)));
        }
      } else {
        for (let e: usize = 0; e < columns; e++) store<f32>(at + (e << 2), load1<T>(from + e * sizeof<T>(), scale));
      }
      from += stride;
      at += bytes;
    }
  }
}

/**
 * Packs B (k x n, or its transpose) into panels of `width` columns (a multiple of 4), each k rows of `width` floats; missing
 * columns are zero. Strides are in bytes. The rows of A are packed by the same function, as the columns of its transpose. B may be
 * stored in other ways than as floats; int8 only where it is not transposed.
 */
export function pack(
  b: usize, stride: usize, transposed: bool, k: usize, n: usize, width: usize, to: usize, storage: i32, scales: usize,
): void {
  if (storage == BFLOAT16) packAs<u16>(b, stride, transposed, k, n, width, to, scales);
  else if (storage == INT8) packAs<i8>(b, stride, transposed, k, n, width, to, scales);
  else packAs<f32>(b, stride, transposed, k, n, width, to, scales);
}

// @ts-ignore: decorator
@inline
export function packB(b: usize, stride: usize, transposed: bool, k: usize, n: usize, to: usize): void {
  packAs<f32>(b, stride, transposed, k, n, PANEL, to, 0);
}
