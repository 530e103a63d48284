// Products of few rows: packing B would cost as much as the product. Every result is the sum that `tile` of gemm.ts makes, its
// products in the order of k, each added by one fma: so a row has the same bits whatever other rows there are.

import { load1, load4, scaleOf } from "./storage";
import { fma, fma1, splat } from "./vector";

/** Rows of a transposed B at a time. */
const COLUMNS: usize = 16;

/** sums + the products of x0 .. x3 with four numbers each of four rows of B, a row to a lane. */
// @ts-ignore: decorator
@inline
function addFour<T>(b: usize, bStride: usize, x0: v128, x1: v128, x2: v128, x3: v128, sums: v128): v128 {
  const r0 = load4<T>(b, splat(1));
  const r1 = load4<T>(b + bStride, splat(1));
  const r2 = load4<T>(b + 2 * bStride, splat(1));
  const r3 = load4<T>(b + 3 * bStride, splat(1));
  const low = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const lowRest = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  sums = fma(x0, v128.shuffle<f64>(low, lowRest, 0, 2), sums);
  sums = fma(x1, v128.shuffle<f64>(low, lowRest, 1, 3), sums);
  const high = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const highRest = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  sums = fma(x2, v128.shuffle<f64>(high, highRest, 0, 2), sums);
  return fma(x3, v128.shuffle<f64>(high, highRest, 1, 3), sums);
}

/** The same with eight numbers in bfloat16: what is transposed are pairs of them. */
// @ts-ignore: decorator
@inline
function addEightHalves(b: usize, bStride: usize, x: usize, step: usize, sums: v128): v128 {
  const r0 = v128.load(b);
  const r1 = v128.load(b + bStride);
  const r2 = v128.load(b + 2 * bStride);
  const r3 = v128.load(b + 3 * bStride);
  const low = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const lowRest = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  sums = addPair(x, step, v128.shuffle<f64>(low, lowRest, 0, 2), sums);
  sums = addPair(x + 2 * step, step, v128.shuffle<f64>(low, lowRest, 1, 3), sums);
  const high = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const highRest = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  sums = addPair(x + 4 * step, step, v128.shuffle<f64>(high, highRest, 0, 2), sums);
  return addPair(x + 6 * step, step, v128.shuffle<f64>(high, highRest, 1, 3), sums);
}

// @ts-ignore: decorator
@inline
function addPair(x: usize, step: usize, pair: v128, sums: v128): v128 {
  sums = fma(v128.load32_splat(x), i32x4.shl(pair, 16), sums);
  return fma(v128.load32_splat(x + step), v128.and(pair, i32x4.splat(0xffff0000)), sums);
}

/** The same with one number of each row. */
// @ts-ignore: decorator
@inline
function addOne<T>(b: usize, bStride: usize, x: v128, sums: v128): v128 {
  const r0 = load1<T>(b, 1);
  const r1 = load1<T>(b + bStride, 1);
  const r2 = load1<T>(b + 2 * bStride, 1);
  const r3 = load1<T>(b + 3 * bStride, 1);
  let column = splat(r0);
  column = f32x4.replace_lane(column, 1, r1);
  column = f32x4.replace_lane(column, 2, r2);
  column = f32x4.replace_lane(column, 3, r3);
  return fma(x, column, sums);
}

/** out = or += x times `COLUMNS` rows of B. */
function dotColumns<T>(x: usize, step: usize, b: usize, bStride: usize, k: usize, out: usize, accumulate: bool): void {
  let s0 = splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  if (accumulate) {
    s0 = v128.load(out);
    s1 = v128.load(out, 16);
    s2 = v128.load(out, 32);
    s3 = v128.load(out, 48);
  }
  const four = bStride << 2;
  let p: usize = 0;
  if (sizeof<T>() == 2) {
    for (; p + 8 <= k; p += 8) {
      s0 = addEightHalves(b, bStride, x, step, s0);
      s1 = addEightHalves(b + four, bStride, x, step, s1);
      s2 = addEightHalves(b + 2 * four, bStride, x, step, s2);
      s3 = addEightHalves(b + 3 * four, bStride, x, step, s3);
      x += 8 * step;
      b += 16;
    }
  }
  for (; p + 4 <= k; p += 4) {
    const x0 = v128.load32_splat(x);
    const x1 = v128.load32_splat(x + step);
    const x2 = v128.load32_splat(x + 2 * step);
    const x3 = v128.load32_splat(x + 3 * step);
    s0 = addFour<T>(b, bStride, x0, x1, x2, x3, s0);
    s1 = addFour<T>(b + four, bStride, x0, x1, x2, x3, s1);
    s2 = addFour<T>(b + 2 * four, bStride, x0, x1, x2, x3, s2);
    s3 = addFour<T>(b + 3 * four, bStride, x0, x1, x2, x3, s3);
    x += 4 * step;
    b += 4 * sizeof<T>();
  }
  for (; p < k; p++) {
    const x0 = v128.load32_splat(x);
    s0 = addOne<T>(b, bStride, x0, s0);
    s1 = addOne<T>(b + four, bStride, x0, s1);
    s2 = addOne<T>(b + 2 * four, bStride, x0, s2);
    s3 = addOne<T>(b + 3 * four, bStride, x0, s3);
    x += step;
    b += sizeof<T>();
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}

/** C = or += A times the transpose of B (n, k): B is read once, further rows of A find it in the cache. */
function gemmThinDots<T>(
  a: usize, aStride: usize, aStep: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  m: usize, n: usize, k: usize, accumulate: bool,
): void {
  let j: usize = 0;
  for (; j + COLUMNS <= n; j += COLUMNS) {
    for (let i: usize = 0; i < m; i++) {
      dotColumns<T>(a + i * aStride, aStep, b + j * bStride, bStride, k, c + i * cStride + (j << 2), accumulate);
    }
  }
  for (; j < n; j++) {
    for (let i: usize = 0; i < m; i++) {
      const at = c + i * cStride + (j << 2);
      let sum: f32 = accumulate ? load<f32>(at) : 0;
      for (let p: usize = 0; p < k; p++) {
        sum = fma1(load<f32>(a + i * aStride + p * aStep), load1<T>(b + j * bStride + p * sizeof<T>(), 1), sum);
      }
      store<f32>(at, sum);
    }
  }
}

/** C = or += A B: B is streamed once per row of A. */
function gemmThinSums<T>(
  a: usize, aStride: usize, aStep: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  m: usize, n: usize, k: usize, accumulate: bool, scales: usize,
): void {
  for (let i: usize = 0; i < m; i++) {
    const row = a + i * aStride;
    const out = c + i * cStride;
    if (!accumulate) memory.fill(out, 0, n << 2);
    let p: usize = 0;
    for (; p + 4 <= k; p += 4) {
      const r0 = b + p * bStride;
      const r1 = r0 + bStride;
      const r2 = r1 + bStride;
      const r3 = r2 + bStride;
      const f0 = load<f32>(row + p * aStep);
      const f1 = load<f32>(row + (p + 1) * aStep);
      const f2 = load<f32>(row + (p + 2) * aStep);
      const f3 = load<f32>(row + (p + 3) * aStep);
      const v0 = splat(f0);
      const v1 = splat(f1);
      const v2 = splat(f2);
      const v3 = splat(f3);
      const g0 = scaleOf<T>(scales, p);
      const g1 = scaleOf<T>(scales, p + 1);
      const g2 = scaleOf<T>(scales, p + 2);
      const g3 = scaleOf<T>(scales, p + 3);
      let j: usize = 0;
      for (; j + 4 <= n; j += 4) {
        const o = j << 2;
        const q = j * sizeof<T>();
        let s = v128.load(out + o);
        s = fma(v0, load4<T>(r0 + q, splat(g0)), s);
        s = fma(v1, load4<T>(r1 + q, splat(g1)), s);
        s = fma(v2, load4<T>(r2 + q, splat(g2)), s);
        s = fma(v3, load4<T>(r3 + q, splat(g3)), s);
        v128.store(out + o, s);
      }
      for (; j < n; j++) {
        const o = j << 2;
        const q = j * sizeof<T>();
        let s = load<f32>(out + o);
        s = fma1(f0, load1<T>(r0 + q, g0), s);
        s = fma1(f1, load1<T>(r1 + q, g1), s);
        s = fma1(f2, load1<T>(r2 + q, g2), s);
        s = fma1(f3, load1<T>(r3 + q, g3), s);
        store<f32>(out + o, s);
      }
    }
    for (; p < k; p++) {
      const f = load<f32>(row + p * aStep);
      const g = scaleOf<T>(scales, p);
      const from = b + p * bStride;
      let j: usize = 0;
      for (; j + 4 <= n; j += 4) {
        const at = out + (j << 2);
        v128.store(at, fma(splat(f), load4<T>(from + j * sizeof<T>(), splat(g)), v128.load(at)));
      }
      for (; j < n; j++) {
        const at = out + (j << 2);
        store<f32>(at, fma1(f, load1<T>(from + j * sizeof<T>(), g), load<f32>(at)));
      }
    }
  }
}

/** C (m x n) = or += A B, or A times the transpose of B. Strides are in bytes; neighbours in a row of A lie `aStep` apart. */
export function gemmThin<T>(
  a: usize, aStride: usize, aStep: usize, b: usize, bStride: usize, transposeB: bool, c: usize, cStride: usize,
  m: usize, n: usize, k: usize, accumulate: bool, scales: usize,
): void {
  if (sizeof<T>() > 1 && transposeB) gemmThinDots<T>(a, aStride, aStep, b, bStride, c, cStride, m, n, k, accumulate);
  else gemmThinSums<T>(a, aStride, aStep, b, bStride, c, cStride, m, n, k, accumulate, scales);
}
