import type { Kinds } from "@llm/platform/options";
import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import type { BatchPlaces, StridedRows } from "../kernel-arguments.js";
import { to } from "../tape.js";
import { result, show, storageOf, type Tensor } from "../tensor.js";
import { type AttentionOptions, headsOf, split } from "./attention.js";
import { integers, isShape, requireOptions, requireType } from "./checks.js";

/** Where the rows of a batch (B, T, ..) stand in a cache (R, S, ..), each by itself. */
export interface CachePlaces {
  /** The position of each row's first new token, int32 (B). */
  starts: Tensor;
  /** How many of the T tokens of each row there are, int32 (B): the others are not stored and cost nothing. Default all T. */
  lengths?: Tensor;
  /** The row of the cache for each row of the batch, int32 (B), none of them twice. Default 0, 1, 2 ..; then R is B. */
  rows?: Tensor;
}

/** All rows begin at the same position. */
const NOWHERE: BatchPlaces = { starts: null, lengths: null, rows: null };

const PLACES: Kinds<CachePlaces> = { starts: "object!", lengths: "object", rows: "object" };

/** @throws ShapeError where a cache of this shape cannot hold the rows of a batch */
function placesIn(op: string, batch: number, rows: number, places: CachePlaces): BatchPlaces {
  requireOptions(`places of ${op}`, places, PLACES);
  if (!places.rows && rows !== batch) {
    throw new ShapeError(`${op}: ${batch} rows do not fit ${rows} cached ones; name theirs with \`rows\`.`);
  }
  const read = (name: keyof CachePlaces) => integers(op, name, places[name], [batch])?.buffer ?? null;
  return { starts: read("starts"), lengths: read("lengths"), rows: read("rows") };
}

/**
 * Overwrites rows of `target` (R, S, C) in place: x[b, t] of (B, T, C) goes to position starts[b] + t of row rows[b], for
 * every t below lengths[b]. With the row of a cache as x that is how a sequence is forked. It has no gradient. A place outside
 * of the target is an IndexError.
 */
export function writeRows(target: Tensor, x: Tensor, places: CachePlaces): void {
  const op = "writeRows";
  const on = engine();
  requireType(op, "target", target, "float32");
  requireType(op, "x", x, "float32");
  const [rows, positions, columns] = target.shape;
  const [batch, length, width] = x.shape;
  if (target.shape.length !== 3 || x.shape.length !== 3 || width !== columns) {
    throw new ShapeError(
      `${op}: rows of shape ${show(x.shape)} do not fit a target of shape ${show(target.shape)}; (B, T, C) and (R, S, C) are needed.`,
    );
  }
  const contiguous = (tensor: Tensor, extent: number): StridedRows => ({
    buffer: storageOf(tensor, op).buffer,
    offset: 0,
    rowStride: columns!,
    batchStride: extent * columns!,
  });
  const [from, into] = [contiguous(x, length!), contiguous(target, positions!)];
  if (from.buffer === into.buffer) throw new ShapeError(`${op}: x is the target itself; give a copy of it.`);
  on.writeRows({
    ...placesIn(op, batch!, rows!, places),
    x: from,
    out: into,
    batch: batch!,
    queries: length!,
    start: 0,
    columns: columns!,
  });
}

/**
 * Attention for inference: stores the keys and values of qkv (B, T, ...) in `cache` (k and v are (R, S, nKvHead D))
 * at positions start .. start + T, then lets query t see positions 0 .. start + t, or the last `window` of them. It
 * has no gradient. `at` is the start of all rows, with R = B, or says where each of them stands: a row then gets what it would
 * get alone. Results behind a row's own length are 0. A place outside of the cache is an IndexError.
 */
export function cachedAttention(
  qkv: Tensor,
  cache: { k: Tensor; v: Tensor },
  at: number | CachePlaces,
  options: AttentionOptions,
): Tensor {
  const on = engine();
  const op = "cachedAttention";
  const heads = headsOf(op, qkv, options);
  const { batch, length, nHead, nKvHead, headDim } = heads;
  const columns = nKvHead * headDim;
  const [rows = 0, capacity = 0] = cache.k.shape;
  const ownRow = typeof at === "number";
  const cacheShape = [ownRow ? batch : rows, capacity, columns];
  for (const name of ["k", "v"] as const) {
    if (cache[name].dtype !== "float32" || !isShape(cache[name], cacheShape)) {
      throw new ShapeError(
        `${op}: cache.${name} has shape ${show(cache[name].shape)}, but (${ownRow ? batch : "rows"}, positions, ${columns}) is needed with qkv of shape ${show(qkv.shape)}.`,
      );
    }
  }
  if (ownRow && (!Number.isSafeInteger(at) || at < 0 || at + length > capacity)) {
    throw new ShapeError(
      `${op}: qkv of shape ${show(qkv.shape)} at offset ${at} reaches past a cache of shape ${show(cache.k.shape)}.`,
    );
  }
  const start = ownRow ? at : 0;
  const places = ownRow ? NOWHERE : placesIn(op, batch, rows, at);
  const { starts, lengths, rows: named } = places;
  const { q, k, v } = split(storageOf(qkv, op).buffer, heads);
  const cached = (tensor: Tensor, from: StridedRows): StridedRows => {
    const { buffer } = storageOf(tensor, op);
    const out = { buffer, offset: 0, rowStride: columns, batchStride: capacity * columns };
    if (!ownRow) {
      on.writeRows({ starts, lengths, rows: named, x: from, out, batch, queries: length, start, columns });
    }
    for (let b = 0; ownRow && b < batch; b++) {
      on.copy({
        x: from.buffer,
        xOffset: from.offset + b * from.batchStride,
        xStride: from.rowStride,
        out: to(buffer),
        outOffset: (b * capacity + start) * columns,
        outStride: columns,
        rows: length,
        columns,
      });
    }
    return out;
  };
  const documents = integers(op, "documents", options.documents, [batch, length]);
  const out = result([batch, length, nHead * headDim]);
  // Each property by its name: spreading costs more than the rest of the call, which every layer of a decoded token makes.
  on.attention({
    batch,
    nHead,
    nKvHead,
    headDim,
    scale: heads.scale,
    window: heads.window,
    softcap: heads.softcap,
    starts,
    lengths,
    rows: named,
    firstKeys: documents?.buffer ?? null,
    q,
    k: cached(cache.k, k),
    v: cached(cache.v, v),
    out: storageOf(out, op).buffer,
    logSumExp: null,
    queries: length,
    start,
  });
  return out;
}
