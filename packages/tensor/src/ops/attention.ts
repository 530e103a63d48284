import type { Kinds } from "@llm/platform/options";
import { engine } from "../current.js";
import type { DeviceBuffer } from "../device-buffer.js";
import { ShapeError } from "../errors.js";
import type { AttentionDropout, StridedRows } from "../kernel-arguments.js";
import { dropoutKey } from "../random-numbers.js";
import { Storage } from "../storage.js";
import { record, tracked } from "../tape.js";
import { result, show, storageOf, type Tensor } from "../tensor.js";
import { integers, requireFinite, requireOptions, requireType } from "./checks.js";

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
  /**
   * Documents in one row that do not see each other: for each position the one at which its document begins, int32 (B, T).
   * A query sees nothing before that. One behind the query's own position is an IndexError.
   */
  documents?: Tensor;
}

/** What `selfAttention` takes besides: what only training needs. */
export interface SelfAttentionOptions extends AttentionOptions {
  /**
   * Zeroes each weight after the softmax with probability p and divides the rest by 1 - p. The mask is that of `dropout` with
   * these keys on weights (B, nHead, T, T), on every engine. With p = 0 nothing is done.
   */
  dropout?: { p: number; seed: number; step: number; stream: number };
  /** How many of the T positions of each row count, int32 (B): the others have a result and a gradient of 0. Default all. */
  lengths?: Tensor;
}

const ATTENTION: Kinds<AttentionOptions> = {
  nHead: "count!",
  nKvHead: "count",
  causal: "boolean",
  scale: "number",
  window: "number",
  softcap: "number",
  documents: "object",
};
const TRAINED: Kinds<SelfAttentionOptions> = { ...ATTENTION, dropout: "object", lengths: "object" };

/** Checked sizes and numbers, as the kernels take them. */
export interface Heads {
  readonly batch: number;
  readonly length: number;
  readonly nHead: number;
  readonly nKvHead: number;
  readonly headDim: number;
  readonly scale: number;
  readonly window: number;
  readonly softcap: number;
}

/** @throws ShapeError where qkv cannot be split as the options say, or one of them is out of range */
export function headsOf(
  op: string,
  qkv: Tensor,
  options: AttentionOptions,
  kinds: Kinds<AttentionOptions> = ATTENTION,
): Heads {
  requireOptions(op, options, kinds);
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
export function split(
  buffer: DeviceBuffer,
  heads: Heads,
): { q: StridedRows; k: StridedRows; v: StridedRows } {
  const { length, nHead, nKvHead, headDim } = heads;
  const rowStride = (nHead + 2 * nKvHead) * headDim;
  const at = (offset: number) => ({ buffer, offset, rowStride, batchStride: length * rowStride });
  return { q: at(0), k: at(nHead * headDim), v: at((nHead + nKvHead) * headDim) };
}

function dropoutOf({ dropout }: SelfAttentionOptions): AttentionDropout | null {
  if (!dropout) return null;
  const { p, ...key } = dropout;
  if (!(p >= 0 && p < 1)) throw new ShapeError(`selfAttention: dropout.p must be in [0, 1), not ${p}.`);
  return p === 0 ? null : { p, key: dropoutKey(key) };
}

/**
 * Causal multi-head attention of qkv (B, T, (nHead + 2 nKvHead) D), columns in the order q|k|v: (B, T, nHead D).
 * The T x T scores are never kept: the backward pass recomputes them from one number per row.
 */
export function selfAttention(qkv: Tensor, options: SelfAttentionOptions): Tensor {
  const on = engine();
  const heads = headsOf("selfAttention", qkv, options, TRAINED);
  const { batch, length, nHead, headDim } = heads;
  const input = storageOf(qkv, "selfAttention");
  const dropout = dropoutOf(options);
  const documents = integers("selfAttention", "documents", options.documents, [batch, length]);
  const lengths = integers("selfAttention", "lengths", options.lengths, [batch]);
  const mask = { dropout, firstKeys: documents?.buffer ?? null, lengths: lengths?.buffer ?? null };
  const out = result([batch, length, nHead * headDim]);
  const output = storageOf(out, "selfAttention");
  const differentiable = tracked(qkv);
  const logSumExp = differentiable ? new Storage(on, batch * nHead * length) : null;
  on.attention({
    ...heads,
    ...mask,
    ...split(input.buffer, heads),
    out: output.buffer,
    logSumExp: logSumExp?.buffer ?? null,
    queries: length,
    start: 0,
  });
  if (logSumExp) {
    const kept = [documents, lengths].filter((each) => each !== null);
    record(out, [input, output, logSumExp, ...kept], (dOut, gradients) => {
      on.attentionBackward({
        ...heads,
        ...mask,
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
