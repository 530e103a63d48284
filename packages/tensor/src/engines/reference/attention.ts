import type { TensorData } from "../../device-buffer.js";
import type { AttentionArgs, AttentionBackwardArgs, AttentionDropout } from "../../kernel-arguments.js";
import { randomBits } from "../../random-numbers.js";
import { firstKeysOf, placesOf } from "./batch-places.js";
import { maybeValues, target, values } from "./buffers.js";

function dot(a: TensorData, aAt: number, b: TensorData, bAt: number, length: number): number {
  let total = 0;
  for (let i = 0; i < length; i++) total += a[aAt + i]! * b[bAt + i]!;
  return total;
}

/** softcap tanh(score / softcap), or the score itself without a cap. */
const capped = (score: number, softcap: number): number =>
  softcap > 0 ? softcap * Math.tanh(score / softcap) : score;

/** The first key a position sees that may see those from `first` on. */
const firstKey = (position: number, window: number, first = 0): number =>
  window > 0 ? Math.max(first, position - window + 1) : first;

/** What dropout multiplies the weight of key 0 of row r of (batch * nHead * queries, keys) by, and so on. */
function keeping(
  dropout: AttentionDropout | null | undefined,
  keys: number,
): (r: number, s: number) => number {
  if (!dropout) return () => 1;
  const threshold = dropout.p * 0x1_0000_0000;
  const factor = 1 / (1 - dropout.p);
  return (r, s) => (randomBits(dropout.key, r * keys + s) >>> 0 >= threshold ? factor : 0);
}

/** One query at a time: scores, softmax, weighted sum of values. */
export function attention(args: AttentionArgs): void {
  const { q, k, v, queries, nHead, nKvHead, headDim, scale, window, softcap } = args;
  const qs = values(q.buffer);
  const ks = values(k.buffer);
  const vs = values(v.buffer);
  const out = values(args.out);
  const logSumExp = maybeValues(args.logSumExp);
  const group = nHead / nKvHead;
  const sum = new Float64Array(headDim);
  const places = placesOf("attention", args, k, values);
  const firstKeys = firstKeysOf("attention", args, places, queries, values);
  const kept = keeping(args.dropout, queries);
  if (args.lengths) out.fill(0);
  for (const [b, { start, queries: own, row }] of places.entries()) {
    const weights = new Float64Array(start + own);
    for (let h = 0; h < nHead; h++) {
      const shared = Math.floor(h / group) * headDim;
      for (let t = 0; t < own; t++) {
        const qAt = q.offset + b * q.batchStride + t * q.rowStride + h * headDim;
        const keys = start + t + 1;
        const first = firstKey(start + t, window, firstKeys?.[b * queries + t]);
        const r = (b * nHead + h) * queries + t;
        let largest = -Infinity;
        for (let s = first; s < keys; s++) {
          const kAt = k.offset + row * k.batchStride + s * k.rowStride + shared;
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
          const vAt = v.offset + row * v.batchStride + s * v.rowStride + shared;
          const weight = (weights[s]! / total) * kept(r, s);
          for (let i = 0; i < headDim; i++) sum[i]! += weight * vs[vAt + i]!;
        }
        out.set(sum, ((b * queries + t) * nHead + h) * headDim);
        if (logSumExp) logSumExp[r] = largest + Math.log(total);
      }
    }
  }
}

/**
 * With P = softmax(S): dV = P' dO, dP = dO V', dS = P (dP - sum(dO O)), dQ = scale dS K, dK = scale dS' Q; a cap
 * multiplies dS by its slope 1 - (S / softcap)^2. Dropout multiplies dP, and the P that dV is made of.
 */
export function attentionBackward(args: AttentionBackwardArgs): void {
  const { length, nHead, nKvHead, headDim, scale, window, softcap } = args;
  const qkv = values(args.qkv);
  const out = values(args.out);
  const dOut = values(args.dOut);
  const logSumExp = values(args.logSumExp);
  const dQkv = target(args.dQkv);
  const width = (nHead + 2 * nKvHead) * headDim;
  const keys = { buffer: args.qkv, offset: 0, rowStride: width, batchStride: length * width };
  const places = placesOf("attention", { ...args, queries: length, start: 0 }, keys, values);
  const firstKeys = firstKeysOf("attention", args, places, length, values);
  const kept = keeping(args.dropout, length);
  for (const [b, place] of places.entries()) {
    for (let h = 0; h < nHead; h++) {
      const shared = Math.floor(h / (nHead / nKvHead)) * headDim;
      for (let t = 0; t < place.queries; t++) {
        const qAt = (b * length + t) * width + h * headDim;
        const oAt = ((b * length + t) * nHead + h) * headDim;
        const delta = dot(dOut, oAt, out, oAt, headDim);
        const r = (b * nHead + h) * length + t;
        for (let s = firstKey(t, window, firstKeys?.[b * length + t]); s <= t; s++) {
          const kAt = (b * length + s) * width + nHead * headDim + shared;
          const vAt = kAt + nKvHead * headDim;
          const score = capped(scale * dot(qkv, qAt, qkv, kAt, headDim), softcap);
          const p = Math.exp(score - logSumExp[r]!);
          const slope = softcap > 0 ? 1 - (score / softcap) ** 2 : 1;
          const keep = kept(r, s);
          const dScore = scale * slope * p * (keep * dot(dOut, oAt, qkv, vAt, headDim) - delta);
          for (let i = 0; i < headDim; i++) {
            dQkv[vAt + i]! += keep * p * dOut[oAt + i]!;
            dQkv[qAt + i]! += dScore * qkv[kAt + i]!;
            dQkv[kAt + i]! += dScore * qkv[qAt + i]!;
          }
        }
      }
    }
  }
}
