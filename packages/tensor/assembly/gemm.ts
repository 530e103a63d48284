// The matrix product. B is packed into panels of 16 columns, so that the inner loop reads it in order whatever its
// layout was; A is read in place by rows, or transposed into a block first. The inner loop keeps a tile of 2 x 16
// results in 8 registers: more, and V8 spills them.

import { fma } from "./vector";
import { applyActivation } from "./activation";
import { add } from "./elementwise";
import { PANEL, pack, transposeInto } from "./pack";
import { BFLOAT16, INT8 } from "./storage";
import { gemmThin } from "./thin";

/** Rows of B in one pass: a panel of KC x 16 floats stays in the first-level cache. */
const KC: usize = 384;
const NC: usize = 384;
const MC: usize = 192;

/** Bytes of scratch `gemm` needs. */
export function gemmScratch(): usize {
  return (KC * NC + MC * KC) * 4 + 128;
}

/**
 * One tile: 2 rows of A times a panel, stored at c0 and c1, or added to what is there. Not unrolled: V8 spills
 * its registers then, and the product runs at two thirds of the speed.
 */
function tile(a0: usize, a1: usize, panel: usize, k: usize, c0: usize, c1: usize, accumulate: bool): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  let x2 = x0;
  let x3 = x0;
  let y0 = x0;
  let y1 = x0;
  let y2 = x0;
  let y3 = x0;
  if (accumulate) {
    x0 = v128.load(c0);
    x1 = v128.load(c0, 16);
    x2 = v128.load(c0, 32);
    x3 = v128.load(c0, 48);
    y0 = v128.load(c1);
    y1 = v128.load(c1, 16);
    y2 = v128.load(c1, 32);
    y3 = v128.load(c1, 48);
  }
  const end = a0 + (k << 2);
  while (a0 < end) {
    const s = v128.load32_splat(a0);
    const t = v128.load32_splat(a1);
    let b = v128.load(panel);
    x0 = fma(s, b, x0);
    y0 = fma(t, b, y0);
    b = v128.load(panel, 16);
    x1 = fma(s, b, x1);
    y1 = fma(t, b, y1);
    b = v128.load(panel, 32);
    x2 = fma(s, b, x2);
    y2 = fma(t, b, y2);
    b = v128.load(panel, 48);
    x3 = fma(s, b, x3);
    y3 = fma(t, b, y3);
    a0 += 4;
    a1 += 4;
    panel += 64;
  }
  v128.store(c0, x0);
  v128.store(c0, x1, 16);
  v128.store(c0, x2, 32);
  v128.store(c0, x3, 48);
  v128.store(c1, y0);
  v128.store(c1, y1, 16);
  v128.store(c1, y2, 32);
  v128.store(c1, y3, 48);
}


/** The same product in machine code, by whole panels; asked for only after `useNative`. */
// @ts-ignore: decorator
@external("env", "multiplyRows")
declare function multiplyRows(
  a: usize, aStride: usize, packed: usize, panelBytes: usize, c: usize, cStride: usize,
  m: usize, panels: usize, k: usize, accumulate: bool,
): void;

/** For the transpose of A. */
// @ts-ignore: decorator
@external("env", "multiplyColumns")
declare function multiplyColumns(
  a: usize, aStride: usize, packed: usize, panelBytes: usize, c: usize, cStride: usize,
  m: usize, panels: usize, k: usize, accumulate: bool,
): void;

export let native = false;

/** From now on the innermost loops are machine code's, where one is worth the call. */
export function useNative(): void {
  native = true;
}

/** Multiply-adds that are worth a call of machine code. */
const WORTH_A_CALL: usize = 8192;

/**
 * C (m x n) = or += A (m x k, rows in place) times packed B, whose panels lie `panelBytes` apart. `edge` is 128
 * bytes for tiles that reach over the border. Strides are in bytes.
 */
export function gemmPacked(
  a: usize, aStride: usize, packed: usize, panelBytes: usize, c: usize, cStride: usize,
  m: usize, n: usize, k: usize, accumulate: bool, edge: usize,
): void {
  let j: usize = 0;
  if (native && n >= PANEL && m * n * k >= WORTH_A_CALL) {
    const panels = n / PANEL;
    multiplyRows(a, aStride, packed, panelBytes, c, cStride, m, panels, k, accumulate);
    j = panels * PANEL;
  }
  for (; j < n; j += PANEL) {
    const width = min(PANEL, n - j) << 2;
    const panel = packed + (j / PANEL) * panelBytes;
    const column = c + (j << 2);
    for (let i: usize = 0; i < m; i += 2) {
      const a0 = a + i * aStride;
      const c0 = column + i * cStride;
      const two = i + 1 < m;
      const a1 = two ? a0 + aStride : a0;
      if (two && width == PANEL * 4) {
        tile(a0, a1, panel, k, c0, c0 + cStride, accumulate);
      } else {
        if (accumulate) {
          memory.copy(edge, c0, width);
          if (two) memory.copy(edge + 64, c0 + cStride, width);
        }
        tile(a0, a1, panel, k, edge, edge + 64, accumulate);
        memory.copy(c0, edge, width);
        if (two) memory.copy(c0 + cStride, edge + 64, width);
      }
    }
  }
}

/**
 * C (m x n) += A' times packed B, with A (k x m) where it is. `flipped` has room for A' where machine code does not do
 * without it.
 */
export function addTransposedPacked(
  a: usize, aStride: usize, packed: usize, panelBytes: usize, c: usize, cStride: usize,
  m: usize, n: usize, k: usize, flipped: usize, edge: usize,
): void {
  if (native && n % PANEL == 0 && m * n * k >= WORTH_A_CALL) {
    multiplyColumns(a, aStride, packed, panelBytes, c, cStride, m, n / PANEL, k, true);
    return;
  }
  transposeInto(a, aStride, flipped, k << 2, k, m);
  gemmPacked(flipped, k << 2, packed, panelBytes, c, cStride, m, n, k, true, edge);
}

/**
 * Adds the bias to a block, keeps the value before the activation, applies the activation, adds the residual. `pre` and
 * `residual` have the block's stride; what is 0 is left out.
 */
export function epilogue(
  c: usize, stride: usize, m: usize, n: usize, bias: usize, activation: i32, pre: usize, residual: usize,
): void {
  for (let i: usize = 0; i < m; i++) {
    const o = i * stride;
    if (bias) add(c + o, bias, c + o, n);
    if (pre) memory.copy(pre + o, c + o, n << 2);
    if (activation) applyActivation(activation, c + o, c + o, n);
    if (residual) add(c + o, residual + o, c + o, n);
  }
}

/**
 * C (m x n) = or += op(A) op(B), then what `epilogue` does. Strides are in elements, between the stored rows.
 * `scratch` has gemmScratch() bytes. `storage` is that of B, see storage.ts: the result is the same as for the floats that B
 * stands for.
 */
export function gemm(
  a: usize, lda: usize, transposeA: bool, b: usize, ldb: usize, transposeB: bool, c: usize, ldc: usize,
  m: usize, n: usize, k: usize, accumulate: bool, bias: usize, activation: i32, pre: usize,
  residual: usize, scratch: usize, storage: i32, scales: usize,
): void {
  const aStride = lda << 2;
  const bShift: usize = 2 - storage;
  const bStride = ldb << bShift;
  const cStride = ldc << 2;
  const finish = bias != 0 || activation != 0 || pre != 0 || residual != 0;
  if (m < 4) {
    const apart = transposeA ? 4 : aStride;
    const step = transposeA ? aStride : 4;
    if (storage == BFLOAT16) gemmThin<u16>(a, apart, step, b, bStride, transposeB, c, cStride, m, n, k, accumulate, scales);
    else if (storage == INT8) gemmThin<i8>(a, apart, step, b, bStride, transposeB, c, cStride, m, n, k, accumulate, scales);
    else gemmThin<f32>(a, apart, step, b, bStride, transposeB, c, cStride, m, n, k, accumulate, scales);
    if (finish) epilogue(c, cStride, m, n, bias, activation, pre, residual);
    return;
  }
  const edge = scratch;
  const packedB = scratch + 128;
  const packedA = packedB + KC * NC * 4;
  const passes = (k + KC - 1) / KC;
  const kc = min(k, ((k + passes - 1) / passes + 3) & ~3);
  for (let j: usize = 0; j < n; j += NC) {
    const nc = min(NC, n - j);
    for (let p: usize = 0; p < k; p += kc) {
      const depth = min(kc, k - p);
      const first = p == 0;
      const last = p + depth >= k;
      const from = transposeB ? b + j * bStride + (p << bShift) : b + p * bStride + (j << bShift);
      pack(from, bStride, transposeB, depth, nc, PANEL, packedB, storage, scales + (p << 2));
      for (let i: usize = 0; i < m; i += MC) {
        const mc = min(MC, m - i);
        let rows = a + i * aStride + (p << 2);
        let rowStride = aStride;
        if (transposeA) {
          transposeInto(a + p * aStride + (i << 2), aStride, packedA, depth << 2, depth, mc);
          rows = packedA;
          rowStride = depth << 2;
        }
        const at = c + i * cStride + (j << 2);
        gemmPacked(rows, rowStride, packedB, depth * PANEL * 4, at, cStride, mc, nc, depth, accumulate || !first, edge);
        if (last && finish) {
          const o = at - c;
          epilogue(
            at, cStride, mc, nc, bias ? bias + (j << 2) : 0, activation, pre ? pre + o : 0, residual ? residual + o : 0,
          );
        }
      }
    }
  }
}

/** out[j] = or += the sum of column j, of rows `rowStride` floats apart: columns can be split anywhere. */
export function columnSums(
  x: usize, rowStride: usize, out: usize, rows: usize, columns: usize, accumulate: bool,
): void {
  const stride = rowStride << 2;
  const bytes = columns << 2;
  if (!accumulate) memory.fill(out, 0, bytes);
  let i: usize = 0;
  for (; i + 4 <= rows; i += 4) {
    const r = x + i * stride;
    let o: usize = 0;
    for (; o + 16 <= bytes; o += 16) {
      const s = f32x4.add(
        f32x4.add(v128.load(r + o), v128.load(r + stride + o)),
        f32x4.add(v128.load(r + 2 * stride + o), v128.load(r + 3 * stride + o)),
      );
      v128.store(out + o, f32x4.add(v128.load(out + o), s));
    }
    for (; o < bytes; o += 4) {
      const s = load<f32>(r + o) + load<f32>(r + stride + o) + (load<f32>(r + 2 * stride + o) + load<f32>(r + 3 * stride + o));
      store<f32>(out + o, load<f32>(out + o) + s);
    }
  }
  for (; i < rows; i++) {
    for (let o: usize = 0; o < bytes; o += 4) {
      store<f32>(out + o, load<f32>(out + o) + load<f32>(x + i * stride + o));
    }
  }
}
