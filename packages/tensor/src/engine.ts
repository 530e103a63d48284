import type { Activation, DeviceBuffer, DType, Into, RandomKey, TensorData } from "./device-buffer.js";
import type {
  AdamwArgs,
  AttentionArgs,
  AttentionBackwardArgs,
  AxisArgs,
  ClipScaleArgs,
  CopyArgs,
  CrossEntropyArgs,
  CrossEntropyBackwardArgs,
  EmbeddingArgs,
  EmbeddingBackwardArgs,
  GemmArgs,
  GroupedProductArgs,
  GroupedProductBackwardArgs,
  GroupedRowsArgs,
  LinearCrossEntropyArgs,
  LinearLogProbabilitiesArgs,
  LinearLogProbabilitiesBackwardArgs,
  LogProbabilitiesArgs,
  LogProbabilitiesBackwardArgs,
  NormArgs,
  NormBackwardArgs,
  QuantizedProductArgs,
  QuantizedProductBackwardArgs,
  ResidualNormArgs,
  RopeArgs,
  SumsArgs,
  WriteRowsArgs,
} from "./kernel-arguments.js";

/** How an engine stores, as opposed to what it computes. */
export interface Storing {
  readonly name: string;
  /** What it runs on, in words. */
  readonly device: string;
  readonly memory: { readonly allocations: number; readonly bytes: number; readonly peakBytes: number };

  allocate(length: number, dtype: DType): DeviceBuffer;
  free(buffer: DeviceBuffer): void;
  /** Values in bfloat16 go up and down as their bits. */
  upload(buffer: DeviceBuffer, data: ArrayLike<number>, offset: number): void;
  download(buffer: DeviceBuffer): Promise<TensorData>;
  fill(buffer: DeviceBuffer, value: number): void;

  readonly closed: boolean;
  /**
   * Gives back what the engine holds: its memory, its threads, what is on its device. Every use afterwards is an EngineError,
   * of its tensors too, which may still be disposed of. A second call does nothing more.
   */
  close(): Promise<void>;
}

/** What an engine computes. Which buffers of a call may be one is in in-place.ts. */
export interface Kernels {
  gemm(args: GemmArgs): void;
  /** out[j] = sum over rows of x[row, j]: the gradient of a bias. */
  columnSums(args: { x: DeviceBuffer; out: Into; rows: number; columns: number }): void;
  embedding(args: EmbeddingArgs): void;
  embeddingBackward(args: EmbeddingBackwardArgs): void;
  norm(args: NormArgs): void;
  residualNorm(args: ResidualNormArgs): void;
  normBackward(args: NormBackwardArgs): void;
  rope(args: RopeArgs): void;
  attention(args: AttentionArgs): void;
  attentionBackward(args: AttentionBackwardArgs): void;
  activation(args: { kind: Activation; x: DeviceBuffer; out: DeviceBuffer }): void;
  activationBackward(args: { kind: Activation; x: DeviceBuffer; dOut: DeviceBuffer; dX: Into }): void;
  /** out = activation(a) * b for the halves (a | b) of each row of x. */
  gated(args: { kind: Activation; x: DeviceBuffer; out: DeviceBuffer; rows: number; columns: number }): void;
  gatedBackward(args: {
    kind: Activation;
    x: DeviceBuffer; // (rows, 2 * columns)
    dOut: DeviceBuffer; // (rows, columns)
    dX: Into; // (rows, 2 * columns)
    rows: number;
    columns: number;
  }): void;
  /** out = cap * tanh(x / cap). */
  softcap(args: { x: DeviceBuffer; out: DeviceBuffer; cap: number }): void;
  /** dX = dOut * (1 - (y / cap)^2) with y the result. */
  softcapBackward(args: { y: DeviceBuffer; dOut: DeviceBuffer; dX: Into; cap: number }): void;
  softmax(args: { x: DeviceBuffer; out: DeviceBuffer; rows: number; columns: number }): void;
  softmaxBackward(args: {
    y: DeviceBuffer;
    dOut: DeviceBuffer;
    dX: Into;
    rows: number;
    columns: number;
  }): void;
  crossEntropy(args: CrossEntropyArgs): void;
  crossEntropyBackward(args: CrossEntropyBackwardArgs): void;
  linearCrossEntropy(args: LinearCrossEntropyArgs): void;
  logProbabilities(args: LogProbabilitiesArgs): void;
  logProbabilitiesBackward(args: LogProbabilitiesBackwardArgs): void;
  linearLogProbabilities(args: LinearLogProbabilitiesArgs): void;
  linearLogProbabilitiesBackward(args: LinearLogProbabilitiesBackwardArgs): void;
  add(args: { a: DeviceBuffer; b: DeviceBuffer; out: DeviceBuffer }): void;
  multiply(args: { a: DeviceBuffer; b: DeviceBuffer; out: Into }): void;
  /** out = factor * x, or out += factor * x. */
  scale(args: { x: DeviceBuffer; factor: number; out: Into }): void;
  /** out = factor[0] * x. */
  scaleBy(args: { x: DeviceBuffer; factor: DeviceBuffer; out: DeviceBuffer }): void;
  /** out[i] = factor * x[0]: the gradient of a sum. */
  broadcast(args: { x: DeviceBuffer; factor: number; out: Into }): void;
  /** out[0] = factor * sum of x. */
  sum(args: { x: DeviceBuffer; factor: number; out: DeviceBuffer }): void;
  sums(args: SumsArgs): void;
  /** out[o, i] = factor * sum over e of x[o, e, i], for x (outer, extent, inner). */
  sumAxis(args: AxisArgs & { factor: number }): void;
  /** out[o, e, i] = factor * x[o, i] for every e: the gradient of a sum over an axis. */
  broadcastAxis(args: AxisArgs & { factor: number }): void;
  /** out[o, i] = the largest x[o, e, i]; `index` gets the first e at which it stands. */
  maxAxis(args: AxisArgs & { index: DeviceBuffer }): void;
  /** out[o, index[o, i], i] = x[o, i], zero elsewhere: the gradient of a maximum. */
  scatterAxis(args: AxisArgs & { index: DeviceBuffer }): void;
  /** Keeps element i where dropoutBits(key, i) >= p * 2^32, divided by 1 - p; zero elsewhere. */
  dropout(args: { x: DeviceBuffer; p: number; key: RandomKey; out: Into }): void;
  /** out = offset + factor * (uniform in [0, 1) or standard normal), by the formulas of random.ts. */
  random(args: {
    kind: "uniform" | "normal";
    key: RandomKey;
    offset: number;
    factor: number;
    out: DeviceBuffer;
  }): void;
  copy(args: CopyArgs): void;
  /** out = x; one is float32 and the other bfloat16: rounded to nearest, ties to even. */
  cast(args: { x: DeviceBuffer; out: DeviceBuffer }): void;
  writeRows(args: WriteRowsArgs): void;
  permute(args: { x: DeviceBuffer; shape: readonly number[]; axes: readonly number[]; out: Into }): void;
  clipScale(args: ClipScaleArgs): void;
  adamw(args: AdamwArgs): void;
  /** parameter *= 1 - rate where its sign is not against that of `update`: where update * parameter >= 0. */
  cautiousDecay(args: { parameter: DeviceBuffer; update: DeviceBuffer; rate: number }): void;
  /** out = 1 / sqrt(max(x, min)). */
  rsqrt(args: { x: DeviceBuffer; min: number; out: DeviceBuffer }): void;
  /** Divides each of `parts` equal pieces of x by its Euclidean norm plus `eps`. */
  unitNorm(args: { x: DeviceBuffer; out: DeviceBuffer; parts: number; eps: number }): void;
  /** Per row: scale = max |x| / 127 and values = round(x / scale), or zeros where the row is zero. */
  quantize(args: {
    x: DeviceBuffer; // (rows, columns)
    values: DeviceBuffer; // int8 (rows, columns)
    scales: DeviceBuffer; // (rows)
    rows: number;
    columns: number;
  }): void;
  quantizedProduct(args: QuantizedProductArgs): void;
  quantizedProductBackward(args: QuantizedProductBackwardArgs): void;
  groupedProduct(args: GroupedProductArgs): void;
  groupedProductBackward(args: GroupedProductBackwardArgs): void;
  groupedRows(args: GroupedRowsArgs): void;
}

/**
 * A set of fused kernels over buffers it owns. The tape and the operations are built on it and it never sees
 * them: no shapes beyond what a kernel needs, no gradients beyond the backward kernels. Callers have checked
 * shapes; kernels may run later than the call as long as `download` waits for them.
 */
export interface Engine extends Storing, Kernels {}
