// The gradient of attention, by the same blocks: the scores are made again from one number a row.

import { dropBlock, rowLength } from "./attention-dropout";
import {
  capRow, dot, EDGE, firstOfAll, firstOfBlock, firstSeen, NUMBERS, rowOf, ROWS, runLength, scoreNumbers, up16,
} from "./attention-rows";
import { addTransposedPacked, gemmPacked, native } from "./gemm";
import { packB } from "./pack";
import { exp1 } from "./softmax";
import { exp4, fma, splat } from "./vector";

/** In machine code, native/softmax-code.ts: `numbers` has what `scoreNumbers` writes, and from byte 64 on two for each row. */
// @ts-ignore: decorator
@external("env", "softmaxRowsBackward")
declare function softmaxRowsBackward(
  row: usize, stride: usize, rows: usize, first: isize, end: usize, bytes: usize, numbers: usize, capped: bool,
  distance: usize, step: usize,
): void;

/** Bytes of scratch `attentionBackward` needs. */
export function attentionBackwardScratch(keys: usize, headDim: usize): usize {
  const wide = up16(headDim);
  const packed = 2 * up16(keys) * headDim + keys * wide + 2 * ROWS * wide;
  return EDGE + NUMBERS + (packed + 2 * ROWS * rowOf(keys) + ROWS * keys) * 4;
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
 * dQ += dS K, dK += dS' Q, and a cap multiplies dS by its slope. Dropout, as `attention` has it, multiplies dP and the
 * weights that dV is made of.
 */
export function attentionBackward(
  q: usize, k: usize, v: usize, row: usize, out: usize, dOut: usize, outRow: usize, logSumExp: usize,
  dQ: usize, dK: usize, dV: usize, length: usize, nHead: usize, nKvHead: usize, headDim: usize, scale: f32,
  window: usize, softcap: f32, scratch: usize, logRow: usize, firsts: usize, dropped: usize, index: u32,
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
    const logs = logSumExp + ((h * logRow) << 2);
    const indexOfHead = dropped ? index + <u32>h * rowLength(dropped) * rowLength(dropped) : 0;
    for (let t: usize = 0; t < length; t += ROWS) {
      const rows = min(ROWS, length - t);
      const low = firstOfAll(t, window, firsts, 0, t, rows) & ~15;
      const seen = t + rows - low;
      const query = q + qAt + t * stride;
      const up = dOut + qAt + t * outStride;
      const result = out + qAt + t * outStride;
      const panels = low * headDim * 4;
      const whole = up16(seen);
      gemmPacked(query, stride, kColumns + panels, headDim * 64, weights, width, rows, whole, headDim, false, scratch);
      gemmPacked(up, outStride, vColumns + panels, headDim * 64, dScores, width, rows, whole, headDim, false, scratch);
      if (dropped) dropBlock(dScores, width, rows, t + 1 - low, t, low, dropped, indexOfHead);
      if (native) {
        scoreNumbers(numbers, scale, softcap);
        for (let r: usize = 0; r < rows; ) {
          let first = firstOfBlock(t, window, low);
          let step: usize = 1;
          let run = rows;
          if (firsts) {
            first = <isize>(firstSeen(t + r, window, firsts, 0, t + r) - low);
            const still = runLength(t + r, window, firsts, 0, t + r, rows - r, 0);
            run = runLength(t + r, window, firsts, 0, t + r, rows - r, 1);
            if (still >= run) {
              run = still;
              step = 0;
            }
          }
          for (let i: usize = 0; i < run; i++) {
            const delta = dot(up + (r + i) * outStride, result + (r + i) * outStride, headDim << 2);
            store<f32>(numbers + (i << 3), load<f32>(logs + ((t + r + i) << 2)), 64);
            store<f32>(numbers + (i << 3), delta, 68);
          }
          softmaxRowsBackward(
            weights + r * width, width, run, first << 2, (t + r + 1 - low) << 2, whole << 2, numbers, softcap > 0,
            dScores - weights, step << 2,
          );
          r += run;
        }
      } else {
        for (let r: usize = 0; r < rows; r++) {
          const p = weights + r * width;
          const g = dScores + r * width;
          const hidden = (firstSeen(t + r, window, firsts, 0, t + r) - low) << 2;
          const end = (t + r + 1 - low) << 2;
          const log = load<f32>(logs + ((t + r) << 2));
          const delta = dot(up + r * outStride, result + r * outStride, headDim << 2);
          differentiateRow(p + hidden, g + hidden, end - hidden, log, delta, scale, softcap);
          if (hidden) {
            memory.fill(p, 0, hidden);
            memory.fill(g, 0, hidden);
          }
          memory.fill(p + end, 0, (seen << 2) - end);
          memory.fill(g + end, 0, (seen << 2) - end);
        }
      }
      if (dropped) dropBlock(weights, width, rows, t + 1 - low, t, low, dropped, indexOfHead);
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
