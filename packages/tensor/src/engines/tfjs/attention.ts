import type { DeviceBuffer } from "../../device-buffer.js";
import type { AttentionArgs, AttentionBackwardArgs, StridedRows } from "../../kernel-arguments.js";
import { capped, cappedBackward } from "./activation.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";
import { readPlace } from "./place.js";

interface Heads {
  readonly batch: number;
  readonly nHead: number;
  readonly nKvHead: number;
  readonly headDim: number;
}

/** Rows of `count` heads, brought to (batch * nKvHead, count / nKvHead * rows, headDim): heads that share keys lie together. */
function byKeyHead(on: Device, heads: Heads, x: TfTensor, rows: number, count: number): TfTensor {
  const { batch, nKvHead, headDim } = heads;
  const byHead = on.tf.transpose(on.tf.reshape(x, [batch, rows, count, headDim]), [0, 2, 1, 3]);
  return on.tf.reshape(byHead, [batch * nKvHead, (count / nKvHead) * rows, headDim]);
}

/** The inverse of `byKeyHead`: (batch, rows, count * headDim). */
function byRow(on: Device, heads: Heads, x: TfTensor, rows: number, count: number): TfTensor {
  const { batch, headDim } = heads;
  const byHead = on.tf.reshape(x, [batch, count, rows, headDim]);
  return on.tf.reshape(on.tf.transpose(byHead, [0, 2, 1, 3]), [batch, rows, count * headDim]);
}

/** What is added to the scores of `queries`, the last of the positions of the keys: -1e30 where a key is not seen. */
function hiding(on: Device, queries: number, keys: number, window: number): TfTensor {
  const { tf } = on;
  const positions = tf.reshape(tf.range(keys - queries, keys, 1, "float32"), [queries, 1]);
  const distance = tf.sub(positions, tf.range(0, keys, 1, "float32")); // (queries, keys)
  const future = tf.less(distance, 0);
  const hidden = window > 0 ? tf.logicalOr(future, tf.greaterEqual(distance, window)) : future;
  return tf.mul(tf.cast(hidden, "float32"), -1e30);
}

/** The scores of scaled queries, capped, and their softmax where they are seen: (batch * nKvHead, group * queries, keys). */
function weightsOf(
  on: Device,
  args: Heads & { queries: number; keys: number; window: number; softcap: number },
  q: TfTensor,
  k: TfTensor,
): { scores: TfTensor; weights: TfTensor } {
  const { tf } = on;
  const { batch, queries, keys, nHead } = args;
  const scores = capped(tf, on.matMul(q, k, false, true), args.softcap);
  if (queries === 1) return { scores, weights: tf.softmax(scores) };
  const byQuery = tf.reshape(scores, [batch * nHead, queries, keys]);
  const seen = tf.add(byQuery, hiding(on, queries, keys, args.window));
  return { scores, weights: tf.reshape(tf.softmax(seen), scores.shape) };
}

/** See Engine.attention. The weights are made again by the backward pass, so logSumExp stays unwritten. */
export function attention(on: Device, args: AttentionArgs): void {
  const { batch, queries, start, nHead, nKvHead, headDim, window } = args;
  const read = (from: StridedRows, first: number, rows: number, count: number) => {
    const { buffer, rowStride, batchStride } = from;
    const offset = from.offset + first * rowStride;
    const place = { offset, batch, batchStride, rows, rowStride, columns: count * headDim };
    return byKeyHead(on, args, readPlace(on, buffer, place), rows, count);
  };
  const first = window > 0 ? Math.max(0, start - window + 1) : 0; // no query sees a key before it
  const keys = start + queries - first;
  const k = read(args.k, first, keys, nKvHead);
  const v = read(args.v, first, keys, nKvHead);
  const q = on.tf.mul(read(args.q, 0, queries, nHead), args.scale);
  const { weights } = weightsOf(on, { ...args, keys }, q, k);
  on.set(args.out, byRow(on, args, on.matMul(weights, v, false, false), queries, nHead));
}

/**
 * With P = softmax(S): dV = P' dO, dP = dO V', dS = P (dP - sum(dO O)), dQ = scale dS K, dK = scale dS' Q; a cap multiplies
 * dS by its slope.
 */
export function attentionBackward(on: Device, args: AttentionBackwardArgs): void {
  const { tf } = on;
  const { batch, length, nHead, nKvHead, headDim } = args;
  const qkv = on.values(args.qkv, [batch, length, (nHead + 2 * nKvHead) * headDim]);
  const columns = (from: number, count: number) =>
    byKeyHead(
      on,
      args,
      tf.slice(qkv, [0, 0, from * headDim], [batch, length, count * headDim]),
      length,
      count,
    );
  const q = tf.mul(columns(0, nHead), args.scale);
  const k = columns(nHead, nKvHead);
  const v = columns(nHead + nKvHead, nKvHead);
  const output = (buffer: DeviceBuffer) =>
    byKeyHead(on, args, on.values(buffer, [batch, length, nHead * headDim]), length, nHead);
  const dOut = output(args.dOut);
  const { scores, weights } = weightsOf(on, { ...args, queries: length, keys: length }, q, k);
  const delta = tf.sum(tf.mul(dOut, output(args.out)), 2, true);
  const dWeights = on.matMul(dOut, v, false, true);
  const dCapped = tf.mul(weights, tf.sub(dWeights, delta));
  const dScores = cappedBackward(tf, dCapped, scores, args.softcap);
  const dQ = byRow(on, args, tf.mul(on.matMul(dScores, k, false, false), args.scale), length, nHead);
  const dK = byRow(on, args, on.matMul(dScores, q, true, false), length, nKvHead);
  const dV = byRow(on, args, on.matMul(weights, dOut, true, false), length, nKvHead);
  on.put(args.dQkv, tf.concat([dQ, dK, dV], 2));
}
