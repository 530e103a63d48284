import { engine } from "../current.js";
import type { DeviceBuffer } from "../device-buffer.js";
import { ShapeError } from "../errors.js";
import type { StridedRows } from "../kernel-arguments.js";
import { Storage } from "../storage.js";
import { record, to, tracked } from "../tape.js";
import { result, show, storageOf, type Tensor } from "../tensor.js";
import { requireFinite, requireType } from "./checks.js";

/** How the columns of a fused q|k|v projection are split into heads. */
export interface AttentionOptions {
  nHead: number;
  /** Fewer key and value heads than query heads: each serves nHead / nKvHead of them. Default nHead. */
  nKvHead?: number;
  /** Attention is always causal here; the option says so in the caller's code. */
  causal?: true;
  /** What the scores are multiplied by. Default 1 / sqrt(headDim). */
  scale?: number;
  /** How many keys a query sees, its own position included. Default (or 0): all before it. */
  window?: number;
  /** Scores become softcap * tanh(score / softcap). Default (or 0): they stay as they are. */
  softcap?: number;
}

interface Heads {
  readonly batch: number;
  readonly length: number;
  readonly nHead: number;
  readonly nKvHead: number;
  readonly headDim: number;
  readonly scale: number;
  readonly window: number;
  readonly softcap: number;
}

function headsOf(op: string, qkv: Tensor, options: AttentionOptions): Heads {
  const { nHead, nKvHead = nHead, window = 0, softcap = 0 } = options;
  requireType(op, "qkv", qkv, "float32");
  const [batch, length, width] = qkv.shape;
  const headDim = (width ?? 0) / (nHead + 2 * nKvHead);
  if (qkv.shape.length !== 3 || !Number.isSafeInteger(headDim) || headDim < 1 || !(nHead % nKvHead === 0)) {
    throw new ShapeError(
      `${op}: qkv of shape ${show(qkv.shape)} cannot be split into ${nHead} query and twice ${nKvHead} key/value heads.`,
    );
  }
  const scale = options.scale ?? 1 / Math.sqrt(headDim);
  requireFinite(op, "scale", scale);
  if (!Number.isSafeInteger(window) || window < 0) {
    throw new ShapeError(`${op}: window must be a number of keys, or 0 for all, not ${window}.`);
  }
  if (!(softcap >= 0 && Number.isFinite(softcap))) {
    throw new ShapeError(`${op}: softcap must be a positive number, or 0 for none, not ${softcap}.`);
  }
  return { batch: batch!, length: length!, nHead, nKvHead, headDim, scale, window, softcap };
}

/** The q, k and v columns of a fused projection, as strided rows. */
function split(buffer: DeviceBuffer, heads: Heads): { q: StridedRows; k: StridedRows; v: StridedRows } {
  const { length, nHead, nKvHead, headDim } = heads;
  const rowStride = (nHead + 2 * nKvHead) * headDim;
  const at = (offset: number) => ({ buffer, offset, rowStride, batchStride: length * rowStride });
  return { q: at(0), k: at(nHead * headDim), v: at((nHead + nKvHead) * headDim) };
}

/**
 * Causal multi-head attention of qkv (B, T, (nHead + 2 nKvHead) D), columns in the order q|k|v: (B, T, nHead D).
 * The T x T scores are never kept: the backward pass recomputes them from one number per row.
 */
export function selfAttention(qkv: Tensor, options: AttentionOptions): Tensor {
  const on = engine();
  const heads = headsOf("selfAttention", qkv, options);
  const { batch, length, nHead, headDim } = heads;
  const input = storageOf(qkv, "selfAttention");
  const out = result([batch, length, nHead * headDim]);
  const output = storageOf(out, "selfAttention");
  const differentiable = tracked(qkv);
  const logSumExp = differentiable ? new Storage(on, batch * nHead * length) : null;
  on.attention({
    ...heads,
    ...split(input.buffer, heads),
    out: output.buffer,
    logSumExp: logSumExp?.buffer ?? null,
    queries: length,
    start: 0,
  });
  if (logSumExp) {
    record(out, [input, output, logSumExp], (dOut, gradients) => {
      on.attentionBackward({
        ...heads,
        qkv: input.buffer,
        out: output.buffer,
        logSumExp: logSumExp.buffer,
        dOut: dOut.buffer,
        dQkv: gradients.into(qkv),
      });
    });
    logSumExp.release();
  }
  return out;
}

/**
 * Attention for inference: stores the keys and values of qkv (B, T, ...) in `cache` (k and v are (B, S, nKvHead D))
 * at positions offset .. offset + T, then lets query t see positions 0 .. offset + t, or the last `window` of them. It
 * has no gradient.
 */
export function cachedAttention(
  qkv: Tensor,
  cache: { k: Tensor; v: Tensor },
  offset: number,
  options: AttentionOptions,
): Tensor {
  const on = engine();
  const op = "cachedAttention";
  const heads = headsOf(op, qkv, options);
  const { batch, length, nHead, nKvHead, headDim } = heads;
  const columns = nKvHead * headDim;
  const capacity = cache.k.shape[1] ?? 0;
  for (const [name, tensor] of Object.entries({ k: cache.k, v: cache.v })) {
    requireType(op, `cache.${name}`, tensor, "float32");
    const { shape } = tensor;
    if (shape.length !== 3 || shape[0] !== batch || shape[1] !== capacity || shape[2] !== columns) {
      throw new ShapeError(
        `${op}: cache.${name} has shape ${show(shape)}, but (${batch}, positions, ${columns}) is needed with qkv of shape ${show(qkv.shape)}.`,
      );
    }
  }
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > capacity) {
    throw new ShapeError(
      `${op}: qkv of shape ${show(qkv.shape)} at offset ${offset} reaches past a cache of shape ${show(cache.k.shape)}.`,
    );
  }
  const { q, k, v } = split(storageOf(qkv, op).buffer, heads);
  const cached = (tensor: Tensor, from: StridedRows): StridedRows => {
    const { buffer } = storageOf(tensor, op);
    for (let b = 0; b < batch; b++) {
      on.copy({
        x: from.buffer,
        xOffset: from.offset + b * from.batchStride,
        xStride: from.rowStride,
        out: to(buffer),
        outOffset: (b * capacity + offset) * columns,
        outStride: columns,
        rows: length,
        columns,
      });
    }
    return { buffer, offset: 0, rowStride: columns, batchStride: capacity * columns };
  };
  const out = result([batch, length, nHead * headDim]);
  on.attention({
    ...heads,
    q,
    k: cached(cache.k, k),
    v: cached(cache.v, v),
    out: storageOf(out, op).buffer,
    logSumExp: null,
    queries: length,
    start: offset,
  });
  return out;
}
