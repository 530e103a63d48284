// Matrices laid out anew: transposed, and in the panels that products read in order.

/** Columns of a panel of B. */
export const PANEL: usize = 16;

// @ts-ignore: decorator
@inline
function transpose4(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + fromStride);
  const c = v128.load(from + 2 * fromStride);
  const d = v128.load(from + 3 * fromStride);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(to + toStride, v128.shuffle<f64>(ab, cd, 1, 3));
  v128.store(to + 2 * toStride, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 3 * toStride, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
}

/** to[j][i] = from[i][j] for i < rows, j < columns; strides in bytes. */
export function transposeInto(
  from: usize, fromStride: usize, to: usize, toStride: usize, rows: usize, columns: usize,
): void {
  let i: usize = 0;
  for (; i + 4 <= rows; i += 4) {
    let j: usize = 0;
    for (; j + 4 <= columns; j += 4) {
      transpose4(from + i * fromStride + (j << 2), fromStride, to + j * toStride + (i << 2), toStride);
    }
    for (; j < columns; j++) {
      for (let e: usize = i; e < i + 4; e++) {
        store<f32>(to + j * toStride + (e << 2), load<f32>(from + e * fromStride + (j << 2)));
      }
    }
  }
  for (; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) {
      store<f32>(to + j * toStride + (i << 2), load<f32>(from + i * fromStride + (j << 2)));
    }
  }
}

/**
 * Packs B (k x n, or its transpose) into panels of `width` columns (a multiple of 4), each k rows of `width` floats; missing
 * columns are zero. Strides are in bytes. The rows of A are packed by the same function, as the columns of its transpose.
 */
export function pack(b: usize, stride: usize, transposed: bool, k: usize, n: usize, width: usize, to: usize): void {
  const bytes = width << 2;
  for (let j: usize = 0; j < n; j += width) {
    const columns = min(width, n - j);
    const panel = to + j * k * 4;
    const end = panel + k * bytes;
    if (columns < width) memory.fill(panel, 0, k * bytes);
    if (transposed) {
      transposeInto(b + j * stride, stride, panel, bytes, columns, k);
      continue;
    }
    let from = b + (j << 2);
    if (columns == width) {
      for (let at = panel; at < end; at += bytes) {
        for (let o: usize = 0; o < bytes; o += 16) v128.store(at + o, v128.load(from + o));
        from += stride;
      }
    } else {
      for (let at = panel; at < end; at += bytes) {
        for (let o: usize = 0; o < columns << 2; o += 4) store<f32>(at + o, load<f32>(from + o));
        from += stride;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
export function packB(b: usize, stride: usize, transposed: bool, k: usize, n: usize, to: usize): void {
  pack(b, stride, transposed, k, n, PANEL, to);
}
