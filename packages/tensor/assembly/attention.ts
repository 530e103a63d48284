// Causal attention by blocks of query rows: scores, softmax and the weighted sum are small matrix products against
// keys and values that are packed once per head. Only a block of scores exists at a time, and with a window only the
// keys that its queries see. Heads are independent: a caller may hand over any of them, with all their key heads.

import { addTransposedPacked, gemmPacked, native, packB } from "./gemm";
import { exp1, rowMax } from "./softmax";
import { addLanes, cap4, exp4, fma, splat } from "./vector";

/** Query rows at a time. */
const ROWS: usize = 64;
/** Bytes in front of the scratch memory: two rows for the borders of products, then numbers of the rows of a block. */
const EDGE: usize = 128;
const NUMBERS: usize = 64 + ROWS * 8 + 64;

/**
 * In machine code: native/softmax-code.ts. The numbers are what `scoreNumbers` writes, and from byte 64 on two for each row.
 */
// @ts-ignore: decorator
@external("env", "softmaxRows")
declare function softmaxRows(
  row: usize, stride: usize, rows: usize, first: isize, end: usize, bytes: usize, numbers: usize, capped: bool,
): void;
// @ts-ignore: decorator
@external("env", "softmaxRowsBackward")
declare function softmaxRowsBackward(
  row: usize, stride: usize, rows: usize, first: isize, end: usize, bytes: usize, numbers: usize, capped: bool,
  distance: usize,
): void;

// @ts-ignore: decorator
@inline
function up16(n: usize): usize {
  return (n + 15) & ~15;
}

/** Floats from one row of scores to the next: rows a power of two apart would all want the same places in the cache. */
// @ts-ignore: decorator
@inline
function rowOf(keys: usize): usize {
  return up16(keys) + 16;
}

/** Bytes of scratch `attention` needs for this many keys. */
export function attentionScratch(keys: usize, headDim: usize): usize {
  return EDGE + NUMBERS + (up16(keys) * headDim + keys * up16(headDim) + ROWS * rowOf(keys)) * 4;
}

/** Bytes of scratch `attentionBackward` needs. */
export function attentionBackwardScratch(keys: usize, headDim: usize): usize {
  const wide = up16(headDim);
  const packed = 2 * up16(keys) * headDim + keys * wide + 2 * ROWS * wide;
  return EDGE + NUMBERS + (packed + 2 * ROWS * rowOf(keys) + ROWS * keys) * 4;
}

/** The first key that the query at `position` sees; a window of 0 has no end. */
// @ts-ignore: decorator
@inline
function firstKey(position: usize, window: usize): usize {
  return window == 0 || position < window ? 0 : position - window + 1;
}

/** The same for the code that counts a block's rows from its first key `low`: below 0 for as long as there is no end. */
// @ts-ignore: decorator
@inline
function firstOfBlock(position: usize, window: usize, low: usize): isize {
  return window == 0 ? -(<isize>ROWS) : <isize>(position + 1) - <isize>window - <isize>low;
}

/** score = softcap tanh(scale score / softcap), over a row. */
function capRow(row: usize, keys: usize, scale: f32, softcap: f32): void {
  const bytes = keys << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) v128.store(row + o, cap4(f32x4.mul(v128.load(row + o), splat(scale)), softcap));
  for (; o < bytes; o += 4) {
    store<f32>(row + o, f32x4.extract_lane(cap4(splat(load<f32>(row + o) * scale), softcap), 0));
  }
}

/** Turns scores into weights; what lies beyond `keys` up to `width` becomes 0. Returns the log of the sum of e^score. */
function normalize(row: usize, keys: usize, width: usize, factor: f32, softcap: f32): f32 {
  if (softcap > 0) capRow(row, keys, factor, softcap);
  const scale: f32 = softcap > 0 ? 1 : factor;
  const bytes = keys << 2;
  const body = bytes & ~15;
  const s = splat(scale);
  // The largest score: with a negative scale it is the smallest product.
  let largest: f32 = 0;
  if (scale >= 0) {
    largest = rowMax(row, bytes) * scale;
  } else {
    for (let o: usize = 0; o < bytes; o += 4) store<f32>(row + o, -load<f32>(row + o));
    largest = rowMax(row, bytes) * -scale;
    for (let o: usize = 0; o < bytes; o += 4) store<f32>(row + o, -load<f32>(row + o));
  }
  const minus = splat(-largest);
  let sums = splat(0);
  for (let o: usize = 0; o < body; o += 16) {
    const e = exp4(fma(v128.load(row + o), s, minus));
    v128.store(row + o, e);
    sums = f32x4.add(sums, e);
  }
  let sum = addLanes(sums);
  for (let o = body; o < bytes; o += 4) {
    const e = exp1(load<f32>(row + o) * scale - largest);
    store<f32>(row + o, e);
    sum += e;
  }
  const inverse: f32 = 1 / sum;
  for (let o: usize = 0; o < body; o += 16) v128.store(row + o, f32x4.mul(v128.load(row + o), splat(inverse)));
  for (let o = body; o < bytes; o += 4) store<f32>(row + o, load<f32>(row + o) * inverse);
  if (width > keys) memory.fill(row + bytes, 0, (width - keys) << 2);
  return <f32>(<f64>largest + Math.log(<f64>sum));
}

function scoreNumbers(numbers: usize, scale: f32, softcap: f32): void {
  store<f32>(numbers, scale);
  store<f32>(numbers, (2 * scale) / softcap, 4);
  store<f32>(numbers, softcap, 8);
}

/**
 * `normalize` for a block of rows in machine code. Row r has `end` + r scores, of which those from `first` + r on count; of
 * the `seen` columns the others become 0.
 */
function normalizeBlock(
  scores: usize, stride: usize, rows: usize, first: isize, end: usize, seen: usize, scale: f32, softcap: f32,
  logSumExp: usize, numbers: usize,
): void {
  scoreNumbers(numbers, scale, softcap);
  softmaxRows(scores, stride, rows, first << 2, end << 2, up16(seen) << 2, numbers, softcap > 0);
  if (!logSumExp) return;
  for (let r: usize = 0; r < rows; r++) {
    const largest = <f64>load<f32>(numbers + (r << 3), 64);
    store<f32>(logSumExp + (r << 2), <f32>(largest + Math.log(<f64>load<f32>(numbers + (r << 3), 68))));
  }
}

// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, bytes: usize): f32 {
  const body = bytes & ~15;
  let sums = splat(0);
  for (let o: usize = 0; o < body; o += 16) sums = fma(v128.load(a + o), v128.load(b + o), sums);
  let sum = addLanes(sums);
  for (let o = body; o < bytes; o += 4) sum += load<f32>(a + o) * load<f32>(b + o);
  return sum;
}

/** Few queries: every score is a dot product and nothing is packed. */
function attendThin(
  q: usize, qStride: usize, k: usize, kStride: usize, v: usize, vStride: usize, out: usize, outStride: usize,
  logSumExp: usize, queries: usize, start: usize, headDim: usize, scale: f32, window: usize, softcap: f32, scores: usize,
): void {
  const bytes = headDim << 2;
  const body = bytes & ~15;
  for (let t: usize = 0; t < queries; t++) {
    const query = q + t * qStride;
    const to = out + t * outStride;
    const keys = start + t + 1;
    const first = firstKey(start + t, window);
    for (let s = first; s < keys; s++) {
      store<f32>(scores + (s << 2), dot(query, k + s * kStride, bytes));
    }
    const log = normalize(scores + (first << 2), keys - first, keys - first, scale, softcap);
    if (logSumExp) store<f32>(logSumExp + (t << 2), log);
    memory.fill(to, 0, bytes);
    for (let s = first; s < keys; s++) {
      const w = load<f32>(scores + (s << 2));
      const value = v + s * vStride;
      for (let o: usize = 0; o < body; o += 16) {
        v128.store(to + o, fma(splat(w), v128.load(value + o), v128.load(to + o)));
      }
      for (let o = body; o < bytes; o += 4) store<f32>(to + o, load<f32>(to + o) + w * load<f32>(value + o));
    }
  }
}

/** One batch entry; row strides are in elements. q, k, v, out and logSumExp point at their first head. */
export function attention(
  q: usize, qRow: usize, k: usize, kRow: usize, v: usize, vRow: usize, out: usize, outRow: usize,
  logSumExp: usize, queries: usize, start: usize, nHead: usize, nKvHead: usize, headDim: usize, scale: f32,
  window: usize, softcap: f32, scratch: usize,
): void {
  // What lies before the window of the first query is left out altogether.
  const before = firstKey(start, window) & ~15;
  k += (before * kRow) << 2;
  v += (before * vRow) << 2;
  start -= before;
  const keys = start + queries;
  const group = nHead / nKvHead;
  const outStride = outRow << 2;
  const packedK = scratch + EDGE + NUMBERS;
  const packedV = packedK + up16(keys) * headDim * 4;
  const scores = packedV + keys * up16(headDim) * 4;
  const width = rowOf(keys);
  for (let h: usize = 0; h < nHead; h++) {
    const shared = ((h / group) * headDim) << 2;
    const query = q + ((h * headDim) << 2);
    const to = out + ((h * headDim) << 2);
    const logs = logSumExp ? logSumExp + ((h * queries) << 2) : 0;
    if (queries < 4) {
      attendThin(
        query, qRow << 2, k + shared, kRow << 2, v + shared, vRow << 2, to, outStride, logs, queries, start, headDim,
        scale, window, softcap, scores,
      );
      continue;
    }
    if (h % group == 0) {
      packB(k + shared, kRow << 2, true, headDim, keys, packedK);
      packB(v + shared, vRow << 2, false, keys, headDim, packedV);
    }
    for (let t: usize = 0; t < queries; t += ROWS) {
      const rows = min(ROWS, queries - t);
      // The keys from `low`, the start of a panel, to the last that a query of this block sees.
      const low = firstKey(start + t, window) & ~15;
      const seen = start + t + rows - low;
      // Up to the end of the panel: what it is filled up with is not looked at.
      gemmPacked(
        query + t * (qRow << 2), qRow << 2, packedK + low * headDim * 4, headDim * 64, scores, width << 2, rows,
        up16(seen), headDim, false, scratch,
      );
      const log = logs ? logs + (t << 2) : 0;
      if (native) {
        const first = firstOfBlock(start + t, window, low);
        normalizeBlock(
          scores, width << 2, rows, first, start + t + 1 - low, seen, scale, softcap, log, scratch + EDGE,
        );
      } else {
        for (let r: usize = 0; r < rows; r++) {
          const row = scores + r * (width << 2);
          const position = start + t + r;
          const hidden = firstKey(position, window) - low;
          if (hidden) memory.fill(row, 0, hidden << 2);
          const rowLog = normalize(row + (hidden << 2), position + 1 - low - hidden, seen - hidden, scale, softcap);
          if (log) store<f32>(log + (r << 2), rowLog);
        }
      }
      gemmPacked(
        scores, width << 2, packedV + low * 64, keys * 64, to + t * outStride, outStride, rows, headDim, seen, false,
        scratch,
      );
    }
  }
}

/**
 * Per row: products q.k become weights p, and g = dP becomes dS. Length in bytes; `log` is the row's log of the sum of
 * e^score, `delta` its sum of dO O.
 */
function differentiateRow(p: usize, g: usize, bytes: usize, log: f32, delta: f32, scale: f32, softcap: f32): void {
  const body = bytes & ~15;
  if (softcap > 0) capRow(p, bytes >> 2, scale, softcap);
  const factor: f32 = softcap > 0 ? 1 : scale;
  for (let o: usize = 0; o < body; o += 16) {
    const score = v128.load(p + o);
    const w = exp4(fma(score, splat(factor), splat(-log)));
    v128.store(p + o, w);
    let d = f32x4.mul(f32x4.mul(splat(scale), w), f32x4.sub(v128.load(g + o), splat(delta)));
    if (softcap > 0) {
      const u = f32x4.div(score, splat(softcap));
      d = f32x4.mul(d, f32x4.sub(splat(1), f32x4.mul(u, u)));
    }
    v128.store(g + o, d);
  }
  for (let o = body; o < bytes; o += 4) {
    const score = load<f32>(p + o);
    const w = exp1(score * factor - log);
    store<f32>(p + o, w);
    const u: f32 = softcap > 0 ? score / softcap : 0;
    store<f32>(g + o, scale * w * (load<f32>(g + o) - delta) * (1 - u * u));
  }
}

/**
 * One batch entry; `row` is the stride of q, k, v and their gradients, which are added to, `outRow` that of out and
 * dOut. With P the weights: dV += P' dO, dP = dO V', dS = scale P (dP - sum(dO O)),
 * dQ += dS K, dK += dS' Q, and a cap multiplies dS by its slope.
 */
export function attentionBackward(
  q: usize, k: usize, v: usize, row: usize, out: usize, dOut: usize, outRow: usize, logSumExp: usize,
  dQ: usize, dK: usize, dV: usize, length: usize, nHead: usize, nKvHead: usize, headDim: usize, scale: f32,
  window: usize, softcap: f32, scratch: usize,
): void {
  const stride = row << 2;
  const outStride = outRow << 2;
  const group = nHead / nKvHead;
  const wide = up16(headDim);
  const width = rowOf(length) << 2;
  const numbers = scratch + EDGE;
  const kColumns = numbers + NUMBERS;
  const vColumns = kColumns + up16(length) * headDim * 4;
  const kRows = vColumns + up16(length) * headDim * 4;
  const qBlock = kRows + length * wide * 4;
  const dBlock = qBlock + ROWS * wide * 4;
  const weights = dBlock + ROWS * wide * 4;
  const dScores = weights + ROWS * width;
  const flipped = dScores + ROWS * width;
  for (let h: usize = 0; h < nHead; h++) {
    const shared = ((h / group) * headDim) << 2;
    const qAt = (h * headDim) << 2;
    if (h % group == 0) {
      packB(k + shared, stride, true, headDim, length, kColumns);
      packB(v + shared, stride, true, headDim, length, vColumns);
      packB(k + shared, stride, false, length, headDim, kRows);
    }
    const logs = logSumExp + ((h * length) << 2);
    for (let t: usize = 0; t < length; t += ROWS) {
      const rows = min(ROWS, length - t);
      const low = firstKey(t, window) & ~15;
      const seen = t + rows - low;
      const query = q + qAt + t * stride;
      const up = dOut + qAt + t * outStride;
      const result = out + qAt + t * outStride;
      const panels = low * headDim * 4;
      const whole = up16(seen);
      gemmPacked(query, stride, kColumns + panels, headDim * 64, weights, width, rows, whole, headDim, false, scratch);
      gemmPacked(up, outStride, vColumns + panels, headDim * 64, dScores, width, rows, whole, headDim, false, scratch);
      for (let r: usize = 0; r < rows; r++) {
        const delta = dot(up + r * outStride, result + r * outStride, headDim << 2);
        store<f32>(numbers + (r << 3), load<f32>(logs + ((t + r) << 2)), 64);
        store<f32>(numbers + (r << 3), delta, 68);
      }
      if (native) {
        scoreNumbers(numbers, scale, softcap);
        softmaxRowsBackward(
          weights, width, rows, firstOfBlock(t, window, low) << 2, (t + 1 - low) << 2, whole << 2, numbers,
          softcap > 0, dScores - weights,
        );
      } else {
        for (let r: usize = 0; r < rows; r++) {
          const p = weights + r * width;
          const g = dScores + r * width;
          const hidden = (firstKey(t + r, window) - low) << 2;
          const end = (t + r + 1 - low) << 2;
          const log = load<f32>(numbers + (r << 3), 64);
          const delta = load<f32>(numbers + (r << 3), 68);
          differentiateRow(p + hidden, g + hidden, end - hidden, log, delta, scale, softcap);
          if (hidden) {
            memory.fill(p, 0, hidden);
            memory.fill(g, 0, hidden);
          }
          memory.fill(p + end, 0, (seen << 2) - end);
          memory.fill(g + end, 0, (seen << 2) - end);
        }
      }
      const dQuery = dQ + qAt + t * stride;
      gemmPacked(dScores, width, kRows + low * 64, length * 64, dQuery, stride, rows, headDim, seen, true, scratch);
      const dKey = dK + shared + low * stride;
      const dValue = dV + shared + low * stride;
      packB(query, stride, false, rows, headDim, qBlock);
      packB(up, outStride, false, rows, headDim, dBlock);
      addTransposedPacked(dScores, width, qBlock, rows * 64, dKey, stride, seen, headDim, rows, flipped, scratch);
      addTransposedPacked(weights, width, dBlock, rows * 64, dValue, stride, seen, headDim, rows, flipped, scratch);
    }
  }
}
