import type { TensorData } from "../../device-buffer.js";
import type { AttentionArgs, AttentionBackwardArgs } from "../../kernel-arguments.js";
import { maybeValues, target, values } from "./buffers.js";

function dot(a: TensorData, aAt: number, b: TensorData, bAt: number, length: number): number {
  let total = 0;
  for (let i = 0; i < length; i++) total += a[aAt + i]! * b[bAt + i]!;
  return total;
}

/** softcap tanh(score / softcap), or the score itself without a cap. */
const capped = (score: number, softcap: number): number =>
  softcap > 0 ? softcap * Math.tanh(score / softcap) : score;

/** The first key a position sees. */
const firstKey = (position: number, window: number): number =>
  window > 0 ? Math.max(0, position - window + 1) : 0;

/** One query at a time: scores, softmax, weighted sum of values. */
export function attention(args: AttentionArgs): void {
  const { q, k, v, batch, queries, start, nHead, nKvHead, headDim, scale, window, softcap } = args;
  const qs = values(q.buffer);
  const ks = values(k.buffer);
  const vs = values(v.buffer);
  const out = values(args.out);
  const logSumExp = maybeValues(args.logSumExp);
  const group = nHead / nKvHead;
  const weights = new Float64Array(start + queries);
  const sum = new Float64Array(headDim);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < nHead; h++) {
      const shared = Math.floor(h / group) * headDim;
      for (let t = 0; t < queries; t++) {
        const qAt = q.offset + b * q.batchStride + t * q.rowStride + h * headDim;
        const keys = start + t + 1;
        const first = firstKey(start + t, window);
        let largest = -Infinity;
        for (let s = first; s < keys; s++) {
          const kAt = k.offset + b * k.batchStride + s * k.rowStride + shared;
          weights[s] = capped(scale * dot(qs, qAt, ks, kAt, headDim), softcap);
          largest = Math.max(largest, weights[s]!);
        }
        let total = 0;
        for (let s = first; s < keys; s++) {
          weights[s] = Math.exp(weights[s]! - largest);
          total += weights[s]!;
        }
        sum.fill(0);
        for (let s = first; s < keys; s++) {
          const vAt = v.offset + b * v.batchStride + s * v.rowStride + shared;
          for (let i = 0; i < headDim; i++) sum[i]! += (weights[s]! / total) * vs[vAt + i]!;
        }
        out.set(sum, ((b * queries + t) * nHead + h) * headDim);
        if (logSumExp) logSumExp[(b * nHead + h) * queries + t] = largest + Math.log(total);
      }
    }
  }
}

/**
 * With P = softmax(S): dV = P' dO, dP = dO V', dS = P (dP - sum(dO O)), dQ = scale dS K, dK = scale dS' Q; a cap
 * multiplies dS by its slope 1 - (S / softcap)^2.
 */
export function attentionBackward(args: AttentionBackwardArgs): void {
  const { batch, length, nHead, nKvHead, headDim, scale, window, softcap } = args;
  const qkv = values(args.qkv);
  const out = values(args.out);
  const dOut = values(args.dOut);
  const logSumExp = values(args.logSumExp);
  const dQkv = target(args.dQkv);
  const width = (nHead + 2 * nKvHead) * headDim;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < nHead; h++) {
      const shared = Math.floor(h / (nHead / nKvHead)) * headDim;
      for (let t = 0; t < length; t++) {
        const qAt = (b * length + t) * width + h * headDim;
        const oAt = ((b * length + t) * nHead + h) * headDim;
        const delta = dot(dOut, oAt, out, oAt, headDim);
        for (let s = firstKey(t, window); s <= t; s++) {
          const kAt = (b * length + s) * width + nHead * headDim + shared;
          const vAt = kAt + nKvHead * headDim;
          const score = capped(scale * dot(qkv, qAt, qkv, kAt, headDim), softcap);
          const p = Math.exp(score - logSumExp[(b * nHead + h) * length + t]!);
          const slope = softcap > 0 ? 1 - (score / softcap) ** 2 : 1;
          const dScore = scale * slope * p * (dot(dOut, oAt, qkv, vAt, headDim) - delta);
          for (let i = 0; i < headDim; i++) {
            dQkv[vAt + i]! += p * dOut[oAt + i]!;
            dQkv[qAt + i]! += dScore * qkv[kAt + i]!;
            dQkv[kAt + i]! += dScore * qkv[qAt + i]!;
          }
        }
      }
    }
  }
}
