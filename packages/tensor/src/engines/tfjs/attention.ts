import type { DeviceBuffer } from "../../device-buffer.js";
import type {
  AttentionArgs,
  AttentionBackwardArgs,
  AttentionMask,
  StridedRows,
} from "../../kernel-arguments.js";
import { type EntryPlace, firstKeysOf, placesOf } from "../reference/batch-places.js";
import { capped, cappedBackward } from "./activation.js";
import type { Device } from "./device.js";
import { dropoutFactors } from "./elementwise.js";
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

/** Where the queries stand, and the keys that are looked at: `keys` of them from `first` on. */
interface Seen {
  readonly places: readonly EntryPlace[];
  readonly queries: number;
  readonly first: number;
  readonly keys: number;
  readonly window: number;
  readonly firstKeys: ArrayLike<number> | null;
}

/** A number for each query, alike for all heads: (entries, 1, queries, 1). */
function perQuery(
  on: Device,
  { places, queries }: Pick<Seen, "places" | "queries">,
  value: (place: EntryPlace, t: number, index: number) => number,
): TfTensor {
  const numbers = places.flatMap((place, b) =>
    Array.from({ length: queries }, (_, t) => value(place, t, b * queries + t)),
  );
  return on.tf.tensor(Float32Array.from(numbers), [places.length, 1, queries, 1], "float32");
}

/** What is added to the scores, -1e30 where a key is not seen: (batch or 1, 1, queries, keys). */
function hiding(on: Device, seen: Seen): TfTensor {
  const { tf } = on;
  const { places, queries, first, keys, window, firstKeys } = seen;
  const alike = places.every(({ start }) => start === places[0]!.start);
  const entries = alike ? places.slice(0, 1) : places;
  const positions = perQuery(on, { places: entries, queries }, ({ start }, t) => start + t);
  const key = tf.range(first, first + keys, 1, "float32");
  const distance = tf.sub(positions, key);
  let hidden = tf.less(distance, 0);
  if (window > 0) hidden = tf.logicalOr(hidden, tf.greaterEqual(distance, window));
  if (firstKeys) {
    hidden = tf.logicalOr(
      hidden,
      tf.less(
        key,
        perQuery(on, seen, (_, _t, index) => firstKeys[index]!),
      ),
    );
  }
  return tf.mul(tf.cast(hidden, "float32"), -1e30);
}

/** The scores of scaled queries, capped, and their softmax where they are seen: (batch * nKvHead, group * queries, keys). */
function weightsOf(
  on: Device,
  args: Heads & { softcap: number },
  seen: Seen,
  q: TfTensor,
  k: TfTensor,
): { scores: TfTensor; weights: TfTensor } {
  const { tf } = on;
  const { places, queries, keys, first } = seen;
  const scores = capped(tf, on.matMul(q, k, false, true), args.softcap);
  const all = queries === 1 && !seen.firstKeys && places.every(({ start }) => start === first + keys - 1);
  if (all) return { scores, weights: tf.softmax(scores) };
  const byQuery = tf.reshape(scores, [args.batch, args.nHead, queries, keys]);
  const weights = tf.softmax(tf.add(byQuery, hiding(on, seen)));
  return { scores, weights: tf.reshape(weights, scores.shape) };
}

/** What dropout multiplies the weights of (batch, nHead, queries, keys) by, in another shape; null: nothing. */
function factorsOf(on: Device, { dropout }: AttentionMask, shape: readonly number[]): TfTensor | null {
  return dropout ? dropoutFactors(on, dropout.p, dropout.key, shape) : null;
}

/** x (batch, queries, columns), 0 behind each entry's own queries. */
function ownQueries(on: Device, x: TfTensor, places: readonly EntryPlace[]): TfTensor {
  const [batch, queries] = x.shape as [number, number];
  if (places.every((place) => place.queries === queries)) return x;
  const own = perQuery(on, { places, queries }, (place, t) => (t < place.queries ? 1 : 0));
  const isOwn = on.tf.greater(on.tf.reshape(own, [batch, queries, 1]), 0);
  return on.tf.where(isOwn, x, on.tf.zeros(x.shape)); // not a product: what is computed there may be NaN
}

/** See Engine.attention. The weights are made again by the backward pass, so logSumExp stays unwritten. */
export function attention(on: Device, args: AttentionArgs): void {
  const { tf } = on;
  const { batch, queries, nHead, nKvHead, headDim, window } = args;
  const integers = (buffer: DeviceBuffer) => on.ids(buffer);
  const places = placesOf("attention", args, args.k, integers);
  const firstKeys = firstKeysOf("attention", args, places, queries, integers);
  const some = places.filter((place) => place.queries > 0);
  if (some.length === 0) {
    on.set(args.out, tf.zeros([args.out.length]));
    return;
  }
  // No query sees a key before the first, or behind the last.
  const first = window > 0 ? Math.max(0, Math.min(...some.map(({ start }) => start)) - window + 1) : 0;
  const keys = Math.max(...some.map((place) => place.start + place.queries)) - first;
  const rows =
    args.rows &&
    tf.tensor(
      Int32Array.from(places, ({ row }) => row),
      [batch],
      "int32",
    );
  const read = (from: StridedRows, skip: number, count: number, columns: number, entries: number) => {
    const { buffer, rowStride, batchStride } = from;
    const offset = from.offset + skip * rowStride;
    return readPlace(on, buffer, { offset, batch: entries, batchStride, rows: count, rowStride, columns });
  };
  const cached = (from: StridedRows) => {
    const entries = rows ? Math.floor(from.buffer.length / from.batchStride) : batch;
    const all = read(from, first, keys, nKvHead * headDim, entries);
    return byKeyHead(on, args, rows ? tf.gather(all, rows) : all, keys, nKvHead);
  };
  const queried = byKeyHead(on, args, read(args.q, 0, queries, nHead * headDim, batch), queries, nHead);
  const seen = { places, queries, first, keys, window, firstKeys };
  const { weights } = weightsOf(on, args, seen, tf.mul(queried, args.scale), cached(args.k));
  const factors = factorsOf(on, args, weights.shape);
  const sums = on.matMul(factors ? tf.mul(weights, factors) : weights, cached(args.v), false, false);
  on.set(args.out, ownQueries(on, byRow(on, args, sums, queries, nHead), places));
}

/**
 * With P = softmax(S): dV = P' dO, dP = dO V', dS = P (dP - sum(dO O)), dQ = scale dS K, dK = scale dS' Q; a cap multiplies
 * dS by its slope, dropout dP and the P of dV by its factors.
 */
export function attentionBackward(on: Device, args: AttentionBackwardArgs): void {
  const { tf } = on;
  const { batch, length, nHead, nKvHead, headDim, window } = args;
  const width = (nHead + 2 * nKvHead) * headDim;
  const integers = (buffer: DeviceBuffer) => on.ids(buffer);
  const row = { buffer: args.qkv, offset: 0, rowStride: width, batchStride: length * width };
  const places = placesOf("attentionBackward", { ...args, queries: length, start: 0 }, row, integers);
  const firstKeys = firstKeysOf("attentionBackward", args, places, length, integers);
  const qkv = on.values(args.qkv, [batch, length, width]);
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
    byKeyHead(
      on,
      args,
      ownQueries(on, on.values(buffer, [batch, length, nHead * headDim]), places),
      length,
      nHead,
    );
  const dOut = output(args.dOut);
  const seen = { places, queries: length, first: 0, keys: length, window, firstKeys };
  const { scores, weights } = weightsOf(on, args, seen, q, k);
  const factors = factorsOf(on, args, weights.shape);
  const dropped = (x: TfTensor) => (factors ? tf.mul(x, factors) : x);
  const delta = tf.sum(tf.mul(dOut, output(args.out)), 2, true);
  const dWeights = dropped(on.matMul(dOut, v, false, true));
  const dCapped = tf.mul(weights, tf.sub(dWeights, delta));
  const dScores = cappedBackward(tf, dCapped, scores, args.softcap);
  const dQ = byRow(on, args, tf.mul(on.matMul(dScores, k, false, false), args.scale), length, nHead);
  const dK = byRow(on, args, on.matMul(dScores, q, true, false), length, nKvHead);
  const dV = byRow(on, args, on.matMul(dropped(weights), dOut, true, false), length, nKvHead);
  on.put(args.dQkv, tf.concat([dQ, dK, dV], 2));
}
