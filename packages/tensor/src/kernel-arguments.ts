import type { Activation, DeviceBuffer, Into, RandomKey } from "./device-buffer.js";
import type { GroupBits } from "./groups.js";

/** Rows inside a larger buffer: element (b, t, i) is at offset + b * batchStride + t * rowStride + i. */
export interface StridedRows {
  readonly buffer: DeviceBuffer;
  readonly offset: number;
  readonly rowStride: number;
  readonly batchStride: number;
}

/** out = activation(op(a) op(b) + bias) + residual, per batch entry; matrices are contiguous. */
export interface GemmArgs {
  readonly a: DeviceBuffer; // (m, k), or (k, m) with transposeA
  readonly b: DeviceBuffer; // float32 or bfloat16 (k, n), or (n, k) with transposeB
  readonly out: Into; // (m, n)
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly bias?: DeviceBuffer | null | undefined; // (n)
  readonly activation?: Activation | undefined;
  /** Where to keep the value before the activation, for the backward pass. */
  readonly pre?: DeviceBuffer | null | undefined; // (m, n)
  /** Another buffer than that of `out`, which `accumulate` is for. */
  readonly residual?: DeviceBuffer | null | undefined; // (m, n)
}

export interface NormArgs {
  readonly x: DeviceBuffer; // (rows, columns)
  readonly gain: DeviceBuffer | null;
  readonly bias: DeviceBuffer | null;
  readonly out: DeviceBuffer;
  readonly mean: DeviceBuffer | null; // (rows); null: RMS norm, nothing is subtracted
  readonly rstd: DeviceBuffer; // (rows)
  readonly rows: number;
  readonly columns: number;
  readonly eps: number;
}

/** The norm of x + residual, which is kept as well: the step from one transformer branch to the next. */
export interface ResidualNormArgs extends NormArgs {
  readonly residual: DeviceBuffer; // (rows, columns)
  readonly sum: DeviceBuffer; // (rows, columns): x + residual
}

export interface NormBackwardArgs {
  readonly x: DeviceBuffer;
  readonly gain: DeviceBuffer | null;
  readonly mean: DeviceBuffer | null;
  readonly rstd: DeviceBuffer;
  readonly dOut: DeviceBuffer;
  readonly dX: Into | null;
  readonly dGain: Into | null;
  readonly dBias: Into | null;
  readonly rows: number;
  readonly columns: number;
}

export interface EmbeddingArgs {
  readonly ids: DeviceBuffer; // int32 (rows)
  readonly table: DeviceBuffer; // float32 or bfloat16 (vocabulary, columns)
  readonly position: DeviceBuffer | null; // (positions, columns)
  readonly out: DeviceBuffer; // (rows, columns)
  readonly rows: number;
  readonly length: number; // row r stands at position offset + r % length
  readonly offset: number;
  /** The position of each row, in place of those. */
  readonly positions?: DeviceBuffer | null | undefined; // int32 (rows)
  readonly vocabulary: number;
  readonly columns: number;
}

export interface EmbeddingBackwardArgs {
  readonly ids: DeviceBuffer;
  readonly dOut: DeviceBuffer;
  readonly dTable: Into | null;
  readonly dPosition: Into | null;
  readonly rows: number;
  readonly length: number;
  readonly offset: number;
  readonly positions?: DeviceBuffer | null | undefined; // int32 (rows)
  readonly columns: number;
}

/**
 * Rotary position embedding (Su et al., 2021): pairs of the first `rotaryDim` columns of a head are turned by the
 * angles of the row's position. Of the `heads` of a row the first `rotated` are turned, the others copied.
 */
export interface RopeArgs {
  readonly x: DeviceBuffer; // (rows, heads * headDim)
  /** Per position the cosines of rotaryDim / 2 angles, then their sines. */
  readonly table: DeviceBuffer; // (positions, rotaryDim)
  readonly out: Into; // (rows, heads * headDim)
  readonly rows: number;
  readonly length: number; // row r stands at position offset + r % length
  readonly offset: number;
  /** The position of each row, in place of those. */
  readonly positions?: DeviceBuffer | null | undefined; // int32 (rows)
  readonly heads: number;
  readonly rotated: number;
  readonly headDim: number;
  readonly rotaryDim: number;
  /** Pairs are (2i, 2i + 1); otherwise (i, i + rotaryDim / 2). */
  readonly interleaved: boolean;
  /** Turns by the negative angles: the backward pass. */
  readonly inverse: boolean;
}

/** Where the entries of a batch stand, each by itself. An IndexError says which one is not within the keys. */
export interface BatchPlaces {
  /** The position of each entry's first query, in place of `start`. */
  readonly starts?: DeviceBuffer | null | undefined; // int32 (batch)
  /** How many of the `queries` each entry has: the rest are 0 in results and cost nothing. Default: all. */
  readonly lengths?: DeviceBuffer | null | undefined; // int32 (batch)
  /** Which batch entry of the keys and values each one reads. Default: its own. */
  readonly rows?: DeviceBuffer | null | undefined; // int32 (batch)
}

/** Copies x[b, t] to out[rows[b], starts[b] + t], for t below lengths[b]. No row may be named twice. */
export interface WriteRowsArgs extends BatchPlaces {
  readonly x: StridedRows;
  readonly out: StridedRows;
  readonly batch: number;
  readonly queries: number;
  readonly start: number;
  readonly columns: number;
}

/** Dropout of attention's weights: they are kept or not as `Engine.dropout` would keep those of (batch, nHead, queries, keys). */
export interface AttentionDropout {
  readonly p: number;
  readonly key: RandomKey;
}

/** What both passes of attention may be given. */
export interface AttentionMask {
  /** The first key that each query sees, no later than its own position; a window may hide more. */
  readonly firstKeys?: DeviceBuffer | null | undefined; // int32 (batch, queries)
  /** Only where `start` is 0 and there are no `starts`: there are as many keys as queries then. */
  readonly dropout?: AttentionDropout | null | undefined;
}

/**
 * Causal attention: the query at position p = start + t sees the keys max(0, p - window + 1) .. p, all before it
 * when `window` is 0. Scores are scale q.k, then softcap * tanh(score / softcap) unless `softcap` is 0. Head h reads
 * key head floor(h * nKvHead / nHead).
 */
export interface AttentionArgs extends BatchPlaces, AttentionMask {
  readonly q: StridedRows; // rows of nHead * headDim
  readonly k: StridedRows; // rows of nKvHead * headDim
  readonly v: StridedRows;
  readonly out: DeviceBuffer; // (batch, queries, nHead * headDim)
  readonly logSumExp: DeviceBuffer | null; // (batch, nHead, queries), kept for the backward pass
  readonly batch: number;
  readonly queries: number;
  readonly start: number;
  readonly nHead: number;
  readonly nKvHead: number;
  readonly headDim: number;
  readonly scale: number;
  readonly window: number;
  readonly softcap: number;
}

export interface AttentionBackwardArgs extends AttentionMask {
  readonly qkv: DeviceBuffer; // (batch, length, (nHead + 2 * nKvHead) * headDim)
  readonly out: DeviceBuffer;
  readonly logSumExp: DeviceBuffer;
  readonly dOut: DeviceBuffer;
  readonly dQkv: Into;
  /** As in the forward pass: how many of the positions of each entry count; the others have no gradient. */
  readonly lengths?: DeviceBuffer | null | undefined; // int32 (batch)
  readonly batch: number;
  readonly length: number;
  readonly nHead: number;
  readonly nKvHead: number;
  readonly headDim: number;
  readonly scale: number;
  readonly window: number;
  readonly softcap: number;
}

/** What becomes of the losses of the rows: their weighted sum, or that divided by the sum of the weights. */
export type Reduction = "mean" | "sum";

/** Row r has the weight mask[r] (1 without a mask, any sign), and none where its target is ignored. */
export interface CrossEntropyArgs {
  readonly logits: DeviceBuffer; // (rows, classes)
  readonly targets: DeviceBuffer; // int32 (rows)
  readonly mask: DeviceBuffer | null; // (rows)
  readonly ignoreIndex: number;
  readonly logSumExp: DeviceBuffer; // (rows, 2): for the backward pass of the same engine, in a form of its own
  readonly loss: DeviceBuffer; // (1)
  /**
   * What the sum of the losses is divided by. For "sum" 1; for "mean" the sum of the weights, or 0 where no row has a weight:
   * then loss and gradient are 0. Where weights are there and their sum is not positive it is NaN, and so are loss and gradient.
   */
  readonly divisor: DeviceBuffer; // (1)
  readonly reduction: Reduction;
  readonly rows: number;
  readonly classes: number;
}

export interface CrossEntropyBackwardArgs extends Omit<CrossEntropyArgs, "loss" | "reduction"> {
  readonly dLoss: DeviceBuffer; // (1)
  readonly dLogits: Into;
}

/** out[r] = log softmax(logits[r])[targets[r]], and 0 where the target is ignored. */
export interface LogProbabilitiesArgs {
  readonly logits: DeviceBuffer; // (rows, classes)
  readonly targets: DeviceBuffer; // int32 (rows)
  readonly ignoreIndex: number;
  readonly logSumExp: DeviceBuffer; // (rows, 2): as in CrossEntropyArgs
  readonly out: DeviceBuffer; // (rows)
  readonly rows: number;
  readonly classes: number;
}

export interface LogProbabilitiesBackwardArgs extends Omit<LogProbabilitiesArgs, "out"> {
  readonly dOut: DeviceBuffer; // (rows)
  readonly dLogits: Into;
}

/** The logits softcap(x W') and a target for each row. Of the logits `chunkRows` x `chunkClasses` exist at a time. */
export interface HeadArgs {
  readonly x: DeviceBuffer; // (rows, columns)
  readonly weight: DeviceBuffer; // float32 or bfloat16 (classes, columns)
  readonly targets: DeviceBuffer; // int32 (rows)
  readonly ignoreIndex: number;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  /** 0: none. */
  readonly softcap: number;
  readonly chunkRows: number;
  readonly chunkClasses: number;
}

/**
 * The cross-entropy of a head. Weights count and losses are reduced as in CrossEntropyArgs. The gradients are those for
 * dLoss = 1; each is left out where it is null.
 */
export interface LinearCrossEntropyArgs extends HeadArgs {
  readonly mask: DeviceBuffer | null; // (rows)
  readonly reduction: Reduction;
  readonly loss: DeviceBuffer; // (1)
  readonly dX: DeviceBuffer | null; // (rows, columns)
  readonly dWeight: DeviceBuffer | null; // (classes, columns)
}

/** The logProbabilities of a head. */
export interface LinearLogProbabilitiesArgs extends HeadArgs {
  readonly logSumExp: DeviceBuffer; // (rows, 2): as in CrossEntropyArgs
  readonly out: DeviceBuffer; // (rows)
}

/** Each gradient is left out where it is null. */
export interface LinearLogProbabilitiesBackwardArgs extends Omit<LinearLogProbabilitiesArgs, "out"> {
  readonly dOut: DeviceBuffer; // (rows)
  readonly dX: DeviceBuffer | null; // (rows, columns)
  readonly dWeight: Into | null; // (classes, columns)
}

/**
 * What a product with a weight in 8 bits does to x: leave it in float32, or as integers as fine as a sum in 32 bits allows;
 * or round each row to multiples of max |x| / 127, so that sums are those of 8-bit integers and exact.
 */
export type QuantizedInputs = "float32" | "int8";

/** y = x W' + bias with W[n] = scales[n] * values[n]. */
export interface QuantizedProductArgs {
  readonly inputs: QuantizedInputs;
  readonly x: DeviceBuffer; // (rows, columns)
  readonly values: DeviceBuffer; // int8 (n, columns)
  readonly scales: DeviceBuffer; // (n)
  readonly bias: DeviceBuffer | null; // (n)
  readonly out: DeviceBuffer; // (rows, n)
  readonly rows: number;
  readonly columns: number;
  readonly n: number;
}

/** dX = dY W with W[n] = scales[n] * values[n]: the gradient of `QuantizedProductArgs` for x, whatever its inputs are. */
export interface QuantizedProductBackwardArgs {
  readonly dOut: DeviceBuffer; // (rows, n)
  readonly values: DeviceBuffer; // int8 (n, columns)
  readonly scales: DeviceBuffer; // (n)
  readonly dX: Into; // (rows, columns)
  readonly rows: number;
  readonly columns: number;
  readonly n: number;
}

/** A weight (n, columns) that is packed as src/groups.ts says. */
interface PackedWeight {
  readonly weight: DeviceBuffer; // int8
  readonly bits: GroupBits;
  readonly columns: number;
  readonly n: number;
}

/**
 * y = x W' + bias. Each 32 columns of a row of x are rounded to integers of 8 bits, as multiples of their max |x| / 127. In
 * float32, y begins as the bias, or 0, and for one group after the other gets added (scale of W * scale of x) * dot, where
 * dot is the sum of the products of the integers. A group of x that is not finite makes the row NaN.
 */
export interface GroupedProductArgs extends PackedWeight {
  readonly x: DeviceBuffer; // (rows, columns)
  readonly bias: DeviceBuffer | null; // (n)
  readonly out: DeviceBuffer; // (rows, n)
  readonly rows: number;
}

/** dX = dY W: the gradient of `GroupedProductArgs` for x. */
export interface GroupedProductBackwardArgs extends PackedWeight {
  readonly dOut: DeviceBuffer; // (rows, n)
  readonly dX: Into; // (rows, columns)
  readonly rows: number;
}

/** out[r] = W[ids[r]]. */
export interface GroupedRowsArgs extends PackedWeight {
  readonly ids: DeviceBuffer; // int32 (rows)
  readonly out: DeviceBuffer; // (rows, columns)
  readonly rows: number;
}

/** A parameter, its gradient and its moments: four buffers of one length. */
export interface AdamwTensor {
  readonly parameter: DeviceBuffer;
  readonly grad: DeviceBuffer;
  readonly m: DeviceBuffer;
  readonly v: DeviceBuffer;
  readonly weightDecay: number;
}

/** A step of any number of tensors that share all but the decay of their weights. */
export interface AdamwArgs {
  readonly tensors: readonly AdamwTensor[];
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly step: number;
  /**
   * What gradients are multiplied by first: a number, or a buffer that `clipScale` has written. Where that one says that
   * something was not finite, nothing is changed.
   */
  readonly gradScale: number | DeviceBuffer;
}

/** out[index + i] = the sum of tensors[i].x, or of its squares. */
export interface SumsArgs {
  readonly tensors: readonly { readonly x: DeviceBuffer; readonly squares: boolean }[];
  readonly out: DeviceBuffer;
  readonly index: number;
}

/**
 * How gradients are clipped by their global norm, without the host. `clip` has `norms` sums of squares from place 4 on,
 * after them any values. The first four places get
 *
 *     scale = min(1, limit / (norm + 1e-6)) / divisor, with norm = sqrt(sum of the first) / divisor,
 *
 * what rounding it to float32 left over, twice (0 on engines that compute in float32), and 1 where the norm and all values are
 * finite. Where they are not, all four are 0.
 */
export interface ClipScaleArgs {
  readonly clip: DeviceBuffer;
  readonly norms: number;
  /** May be Infinity. */
  readonly limit: number;
  readonly divisor: number;
}

/** A tensor seen as (outer, extent, inner), with the axis in the middle; the result of a reduction is (outer, inner). */
export interface AxisArgs {
  readonly x: DeviceBuffer;
  readonly out: Into;
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
}

/** Copies `rows` runs of `columns` elements between two strided places. */
export interface CopyArgs {
  readonly x: DeviceBuffer;
  readonly xOffset: number;
  readonly xStride: number;
  readonly out: Into;
  readonly outOffset: number;
  readonly outStride: number;
  readonly rows: number;
  readonly columns: number;
}
