// Causal attention by blocks of query rows: scores, softmax and the weighted sum are small matrix products against
// keys and values that are packed once per head. Only a block of scores exists at a time.

import { gemmPacked, packB, transposeInto } from "./gemm";
import { exp1, rowMax } from "./softmax";
import { addLanes, exp4, fma, splat } from "./vector";

/** Query rows at a time. */
const ROWS: usize = 64;

// @ts-ignore: decorator
@inline
function up16(n: usize): usize {
  return (n + 15) & ~15;
}

/** Bytes of scratch `attention` needs for this many keys. */
export function attentionScratch(keys: usize, headDim: usize): usize {
  return 128 + (up16(keys) * headDim + keys * up16(headDim) + ROWS * up16(keys)) * 4;
}

/** Bytes of scratch `attentionBackward` needs. */
export function attentionBackwardScratch(keys: usize, headDim: usize): usize {
  const wide = up16(headDim);
  return 128 + (2 * up16(keys) * headDim + keys * wide + 2 * ROWS * wide + 2 * ROWS * up16(keys) + ROWS * keys + ROWS) * 4;
}

/** Turns scores into weights; what lies beyond `keys` up to `width` becomes 0. Returns the log of the sum of e^score. */
function normalize(row: usize, keys: usize, width: usize, scale: f32): f32 {
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

/** Few queries: every score is a dot product and nothing is packed. */
function attendThin(
  q: usize, qStride: usize, k: usize, kStride: usize, v: usize, vStride: usize, out: usize, outStride: usize,
  logSumExp: usize, queries: usize, start: usize, headDim: usize, scale: f32, scores: usize,
): void {
  const bytes = headDim << 2;
  const body = bytes & ~15;
  for (let t: usize = 0; t < queries; t++) {
    const query = q + t * qStride;
    const to = out + t * outStride;
    const keys = start + t + 1;
    for (let s: usize = 0; s < keys; s++) {
      const key = k + s * kStride;
      let d = splat(0);
      for (let o: usize = 0; o < body; o += 16) d = fma(v128.load(query + o), v128.load(key + o), d);
      let dot = addLanes(d);
      for (let o = body; o < bytes; o += 4) dot += load<f32>(query + o) * load<f32>(key + o);
      store<f32>(scores + (s << 2), dot);
    }
    const log = normalize(scores, keys, keys, scale);
    if (logSumExp) store<f32>(logSumExp + (t << 2), log);
    memory.fill(to, 0, bytes);
    for (let s: usize = 0; s < keys; s++) {
      const w = load<f32>(scores + (s << 2));
      const value = v + s * vStride;
      for (let o: usize = 0; o < body; o += 16) {
        v128.store(to + o, fma(splat(w), v128.load(value + o), v128.load(to + o)));
      }
      for (let o = body; o < bytes; o += 4) store<f32>(to + o, load<f32>(to + o) + w * load<f32>(value + o));
    }
  }
}

/** One batch entry; row strides are in elements. q, k, v and out point at their first head. */
export function attention(
  q: usize, qRow: usize, k: usize, kRow: usize, v: usize, vRow: usize, out: usize, logSumExp: usize,
  queries: usize, start: usize, nHead: usize, nKvHead: usize, headDim: usize, scale: f32, scratch: usize,
): void {
  const keys = start + queries;
  const group = nHead / nKvHead;
  const outStride = (nHead * headDim) << 2;
  const packedK = scratch + 128;
  const packedV = packedK + up16(keys) * headDim * 4;
  const scores = packedV + keys * up16(headDim) * 4;
  const width = up16(keys);
  for (let h: usize = 0; h < nHead; h++) {
    const shared = ((h / group) * headDim) << 2;
    const query = q + ((h * headDim) << 2);
    const to = out + ((h * headDim) << 2);
    const logs = logSumExp ? logSumExp + ((h * queries) << 2) : 0;
    if (queries < 4) {
      attendThin(
        query, qRow << 2, k + shared, kRow << 2, v + shared, vRow << 2, to, outStride, logs, queries, start, headDim,
        scale, scores,
      );
      continue;
    }
    if (h % group == 0) {
      packB(k + shared, kRow << 2, true, headDim, keys, packedK);
      packB(v + shared, vRow << 2, false, keys, headDim, packedV);
    }
    for (let t: usize = 0; t < queries; t += ROWS) {
      const rows = min(ROWS, queries - t);
      const seen = start + t + rows;
      gemmPacked(
        query + t * (qRow << 2), qRow << 2, packedK, headDim * 64, scores, width << 2, rows, seen, headDim, false, scratch,
      );
      for (let r: usize = 0; r < rows; r++) {
        const log = normalize(scores + r * (width << 2), start + t + r + 1, seen, scale);
        if (logs) store<f32>(logs + ((t + r) << 2), log);
      }
      gemmPacked(
        scores, width << 2, packedV, keys * 64, to + t * outStride, outStride, rows, headDim, seen, false, scratch,
      );
    }
  }
}

/**
 * One batch entry. dQkv is added to. With P the weights: dV += P' dO, dP = dO V', dS = scale P (dP - sum(dO O)),
 * dQ += dS K, dK += dS' Q.
 */
export function attentionBackward(
  qkv: usize, out: usize, logSumExp: usize, dOut: usize, dQkv: usize, length: usize, nHead: usize, nKvHead: usize,
  headDim: usize, scale: f32, scratch: usize,
): void {
  const stride = ((nHead + 2 * nKvHead) * headDim) << 2;
  const outStride = (nHead * headDim) << 2;
  const group = nHead / nKvHead;
  const wide = up16(headDim);
  const width = up16(length) << 2;
  const kOffset = (nHead * headDim) << 2;
  const vOffset = ((nHead + nKvHead) * headDim) << 2;
  const kColumns = scratch + 128;
  const vColumns = kColumns + up16(length) * headDim * 4;
  const kRows = vColumns + up16(length) * headDim * 4;
  const qBlock = kRows + length * wide * 4;
  const dBlock = qBlock + ROWS * wide * 4;
  const weights = dBlock + ROWS * wide * 4;
  const dScores = weights + ROWS * width;
  const flipped = dScores + ROWS * width;
  const deltas = flipped + ROWS * length * 4;
  for (let h: usize = 0; h < nHead; h++) {
    const shared = ((h / group) * headDim) << 2;
    const qAt = (h * headDim) << 2;
    const kAt = kOffset + shared;
    const vAt = vOffset + shared;
    if (h % group == 0) {
      packB(qkv + kAt, stride, true, headDim, length, kColumns);
      packB(qkv + vAt, stride, true, headDim, length, vColumns);
      packB(qkv + kAt, stride, false, length, headDim, kRows);
    }
    const logs = logSumExp + ((h * length) << 2);
    for (let t: usize = 0; t < length; t += ROWS) {
      const rows = min(ROWS, length - t);
      const seen = t + rows;
      const query = qkv + qAt + t * stride;
      const up = dOut + qAt + t * outStride;
      const result = out + qAt + t * outStride;
      gemmPacked(query, stride, kColumns, headDim * 64, weights, width, rows, seen, headDim, false, scratch);
      gemmPacked(up, outStride, vColumns, headDim * 64, dScores, width, rows, seen, headDim, false, scratch);
      for (let r: usize = 0; r < rows; r++) {
        const a = up + r * outStride;
        const b = result + r * outStride;
        const headBytes = headDim << 2;
        const headBody = headBytes & ~15;
        let d = splat(0);
        for (let o: usize = 0; o < headBody; o += 16) d = fma(v128.load(a + o), v128.load(b + o), d);
        let delta = addLanes(d);
        for (let o = headBody; o < headBytes; o += 4) delta += load<f32>(a + o) * load<f32>(b + o);
        const p = weights + r * width;
        const g = dScores + r * width;
        const bytes = (t + r + 1) << 2;
        const body = bytes & ~15;
        const log = load<f32>(logs + ((t + r) << 2));
        for (let o: usize = 0; o < body; o += 16) {
          const w = exp4(fma(v128.load(p + o), splat(scale), splat(-log)));
          v128.store(p + o, w);
          v128.store(g + o, f32x4.mul(f32x4.mul(splat(scale), w), f32x4.sub(v128.load(g + o), splat(delta))));
        }
        for (let o = body; o < bytes; o += 4) {
          const w = exp1(load<f32>(p + o) * scale - log);
          store<f32>(p + o, w);
          store<f32>(g + o, scale * w * (load<f32>(g + o) - delta));
        }
        memory.fill(p + bytes, 0, (seen << 2) - bytes);
        memory.fill(g + bytes, 0, (seen << 2) - bytes);
      }
      const dQuery = dQkv + qAt + t * stride;
      gemmPacked(dScores, width, kRows, length * 64, dQuery, stride, rows, headDim, seen, true, scratch);
      packB(query, stride, false, rows, headDim, qBlock);
      packB(up, outStride, false, rows, headDim, dBlock);
      transposeInto(dScores, width, flipped, rows << 2, rows, seen);
      gemmPacked(flipped, rows << 2, qBlock, rows * 64, dQkv + kAt, stride, seen, headDim, rows, true, scratch);
      transposeInto(weights, width, flipped, rows << 2, rows, seen);
      gemmPacked(flipped, rows << 2, dBlock, rows * 64, dQkv + vAt, stride, seen, headDim, rows, true, scratch);
    }
  }
}
