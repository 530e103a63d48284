// Causal attention by blocks of query rows: scores, softmax and the weighted sum are small matrix products against
// keys and values that are packed once per head. Only a block of scores exists at a time, and with a window only the
// keys that its queries see. Heads are independent: a caller may hand over any of them, with all their key heads.

import { dropBlock, dropRow, rowIndex, rowLength } from "./attention-dropout";
import {
  capRow, EDGE, firstOfAll, firstOfBlock, firstSeen, NUMBERS, rowOf, ROWS, runLength, scoreNumbers, up16,
} from "./attention-rows";
import { gemmPacked, native } from "./gemm";
import { packB } from "./pack";
import { exp1, rowMax } from "./softmax";
import { gemmThin } from "./thin";
import { addLanes, exp4, fma, splat } from "./vector";

/** In machine code, native/softmax-code.ts: `numbers` has what `scoreNumbers` writes, and from byte 64 on two for each row. */
// @ts-ignore: decorator
@external("env", "softmaxRows")
declare function softmaxRows(
  row: usize, stride: usize, rows: usize, first: isize, end: usize, bytes: usize, numbers: usize, capped: bool,
  step: usize,
): void;

/** In machine code, native/thin.ts, with the bits of `gemmThin`: out = x times `rows` rows of `depth` numbers, 16 at least. */
// @ts-ignore: decorator
@external("env", "thinDots")
declare function thinDots(x: usize, weight: usize, stride: usize, out: usize, rows: usize, depth: usize): void;

/** out = x times `depth` rows of `columns` numbers. */
// @ts-ignore: decorator
@external("env", "thinSums")
declare function thinSums(x: usize, weight: usize, stride: usize, out: usize, depth: usize, columns: usize): void;

/** Bytes of scratch `attention` needs for this many keys. */
export function attentionScratch(keys: usize, headDim: usize): usize {
  return EDGE + NUMBERS + (up16(keys) * headDim + keys * up16(headDim) + ROWS * rowOf(keys)) * 4;
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

/**
 * `normalize` for a block of rows in machine code. Row r has `end` + r scores, of which those from `first` + r * `step` on
 * count; of the `seen` columns the others become 0.
 */
function normalizeBlock(
  scores: usize, stride: usize, rows: usize, first: isize, step: usize, end: usize, seen: usize, scale: f32,
  softcap: f32, logSumExp: usize, numbers: usize,
): void {
  scoreNumbers(numbers, scale, softcap);
  softmaxRows(scores, stride, rows, first << 2, end << 2, up16(seen) << 2, numbers, softcap > 0, step << 2);
  if (!logSumExp) return;
  for (let r: usize = 0; r < rows; r++) {
    const largest = <f64>load<f32>(numbers + (r << 3), 64);
    store<f32>(logSumExp + (r << 2), <f32>(largest + Math.log(<f64>load<f32>(numbers + (r << 3), 68))));
  }
}

/** Few queries: nothing is packed. Each has what it would get in a block. */
function attendThin(
  q: usize, qStride: usize, k: usize, kStride: usize, v: usize, vStride: usize, out: usize, outStride: usize,
  logSumExp: usize, queries: usize, start: usize, headDim: usize, scale: f32, window: usize, softcap: f32, scores: usize,
  firsts: usize, before: usize, dropped: usize, index: u32, numbers: usize,
): void {
  for (let t: usize = 0; t < queries; t++) {
    const query = q + t * qStride;
    const to = out + t * outStride;
    const end = start + t + 1;
    const first = firstSeen(start + t, window, firsts, before, t);
    const keys = end - first;
    const row = scores + (first << 2);
    if (native && keys >= 16 && headDim % 16 == 0) {
      thinDots(query, k + first * kStride, kStride, row, keys, headDim);
    } else gemmThin<f32>(query, 0, 4, k + first * kStride, kStride, true, row, 0, 1, keys, headDim, false, 0);
    const log = logSumExp ? logSumExp + (t << 2) : 0;
    if (native) {
      normalizeBlock(scores, 0, 1, first, 0, end, end, scale, softcap, log, numbers);
    } else {
      const rowLog = normalize(row, keys, keys, scale, softcap);
      if (log) store<f32>(log, rowLog);
    }
    if (dropped) dropRow(row, keys << 2, rowIndex(dropped, index, t) + <u32>(before + first), dropped);
    if (native && headDim % 16 == 0) {
      thinSums(row, v + first * vStride, vStride, to, keys, headDim);
    } else gemmThin<f32>(row, 0, 4, v + first * vStride, vStride, false, to, 0, 1, headDim, keys, false, 0);
  }
}

/**
 * One batch entry; row strides are in elements. q, k, v, out and logSumExp point at their first head; from one head to the
 * next logSumExp has `logRow` numbers. Query t sees nothing before firsts[t], if there are `firsts`. With `dropped` (see
 * `rowIndex`) the weight of key s has the element index + t * row length + s in the first head.
 */
export function attention(
  q: usize, qRow: usize, k: usize, kRow: usize, v: usize, vRow: usize, out: usize, outRow: usize,
  logSumExp: usize, queries: usize, start: usize, nHead: usize, nKvHead: usize, headDim: usize, scale: f32,
  window: usize, softcap: f32, scratch: usize, logRow: usize, firsts: usize, dropped: usize, index: u32,
): void {
  // What no query sees is left out altogether.
  const before = firstOfAll(start, window, firsts, 0, 0, queries) & ~15;
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
    const logs = logSumExp ? logSumExp + ((h * logRow) << 2) : 0;
    const indexOfHead = dropped ? index + <u32>h * rowLength(dropped) * rowLength(dropped) : 0;
    if (queries < 4) {
      attendThin(
        query, qRow << 2, k + shared, kRow << 2, v + shared, vRow << 2, to, outStride, logs, queries, start, headDim,
        scale, window, softcap, scores, firsts, before, dropped, indexOfHead, scratch + EDGE,
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
      const low = firstOfAll(start + t, window, firsts, before, t, rows) & ~15;
      const seen = start + t + rows - low;
      // Up to the end of the panel: what it is filled up with is not looked at.
      gemmPacked(
        query + t * (qRow << 2), qRow << 2, packedK + low * headDim * 4, headDim * 64, scores, width << 2, rows,
        up16(seen), headDim, false, scratch,
      );
      const log = logs ? logs + (t << 2) : 0;
      if (native && !firsts) {
        const first = firstOfBlock(start + t, window, low);
        normalizeBlock(
          scores, width << 2, rows, first, 1, start + t + 1 - low, seen, scale, softcap, log, scratch + EDGE,
        );
      } else if (native) {
        for (let r: usize = 0; r < rows; ) {
          const position = start + t + r;
          const first = <isize>(firstSeen(position, window, firsts, before, t + r) - low);
          const still = runLength(position, window, firsts, before, t + r, rows - r, 0);
          const moving = runLength(position, window, firsts, before, t + r, rows - r, 1);
          normalizeBlock(
            scores + r * (width << 2), width << 2, max(still, moving), first, still < moving ? 1 : 0,
            position + 1 - low, seen, scale, softcap, log ? log + (r << 2) : 0, scratch + EDGE,
          );
          r += max(still, moving);
        }
      } else {
        for (let r: usize = 0; r < rows; r++) {
          const row = scores + r * (width << 2);
          const position = start + t + r;
          const hidden = firstSeen(position, window, firsts, before, t + r) - low;
          if (hidden) memory.fill(row, 0, hidden << 2);
          const rowLog = normalize(row + (hidden << 2), position + 1 - low - hidden, seen - hidden, scale, softcap);
          if (log) store<f32>(log + (r << 2), rowLog);
        }
      }
      if (dropped) {
        dropBlock(scores, width << 2, rows, start + t + 1 - low, t, before + low, dropped, indexOfHead);
      }
      gemmPacked(
        scores, width << 2, packedV + low * 64, keys * 64, to + t * outStride, outStride, rows, headDim, seen, false,
        scratch,
      );
    }
  }
}
