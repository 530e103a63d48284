import type { AttentionArgs, AttentionBackwardArgs, DeviceBuffer, StridedRows } from "../engine.js";
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

/** softmax(scale Q K' under the causal mask): (batch * nKvHead, group * queries, keys). */
function weightsOf(
  on: Device,
  args: Heads & { queries: number; start: number; scale: number },
  q: TfTensor,
  k: TfTensor,
): TfTensor {
  const { tf } = on;
  const { batch, queries, start, nHead, nKvHead } = args;
  const keys = start + queries;
  const scores = tf.mul(on.matMul(q, k, false, true), args.scale);
  const byQuery = tf.reshape(scores, [batch * nHead, queries, keys]);
  const last = tf.reshape(tf.range(start, keys, 1, "float32"), [queries, 1]);
  const future = tf.cast(tf.greater(tf.reshape(tf.range(0, keys, 1, "float32"), [1, keys]), last), "float32");
  const masked = queries === 1 ? byQuery : tf.add(byQuery, tf.mul(future, -1e30));
  return tf.reshape(tf.softmax(masked), [batch * nKvHead, (nHead / nKvHead) * queries, keys]);
}

/** See Engine.attention. The weights are made again by the backward pass, so logSumExp stays unwritten. */
export function attention(on: Device, args: AttentionArgs): void {
  const { batch, queries, start, nHead, nKvHead, headDim } = args;
  const read = ({ buffer, offset, rowStride, batchStride }: StridedRows, rows: number, count: number) => {
    const place = { offset, batch, batchStride, rows, rowStride, columns: count * headDim };
    return byKeyHead(on, args, readPlace(on, buffer, place), rows, count);
  };
  const q = read(args.q, queries, nHead);
  const k = read(args.k, start + queries, nKvHead);
  const v = read(args.v, start + queries, nKvHead);
  const out = on.matMul(weightsOf(on, args, q, k), v, false, false);
  on.set(args.out, byRow(on, args, out, queries, nHead));
}

/** With P = softmax(S): dV = P' dO, dP = dO V', dS = P (dP - sum(dO O)), dQ = scale dS K, dK = scale dS' Q. */
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
  const q = columns(0, nHead);
  const k = columns(nHead, nKvHead);
  const v = columns(nHead + nKvHead, nKvHead);
  const output = (buffer: DeviceBuffer) =>
    byKeyHead(on, args, on.values(buffer, [batch, length, nHead * headDim]), length, nHead);
  const dOut = output(args.dOut);
  const weights = weightsOf(on, { ...args, queries: length, start: 0 }, q, k);
  const delta = tf.sum(tf.mul(dOut, output(args.out)), 2, true);
  const dWeights = on.matMul(dOut, v, false, true);
  const dScores = tf.mul(tf.mul(weights, tf.sub(dWeights, delta)), args.scale);
  const dQ = byRow(on, args, on.matMul(dScores, k, false, false), length, nHead);
  const dK = byRow(on, args, on.matMul(dScores, q, true, false), length, nKvHead);
  const dV = byRow(on, args, on.matMul(weights, dOut, true, false), length, nKvHead);
  on.put(args.dQkv, tf.concat([dQ, dK, dV], 2));
}
