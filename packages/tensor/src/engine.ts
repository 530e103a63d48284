/** The element type of a tensor: values are float32, token ids int32. */
export type DType = "float32" | "int32";

/** Nonlinearities an engine can apply; "gelu" is the tanh form that GPT-2 was trained with. */
export type Activation = "gelu" | "gelu-erf" | "relu2" | "silu";

/** What reading a tensor back gives; Float64Array only on `reference` with `precision: "float64"`. */
export type TensorData = Float32Array | Float64Array | Int32Array;

/** Storage owned by an engine. Only that engine knows what is in it. */
export interface DeviceBuffer {
  readonly length: number;
  readonly dtype: DType;
}

/** A result and whether it is added to what is already there. */
export interface Into {
  readonly buffer: DeviceBuffer;
  readonly accumulate: boolean;
}

/** Rows inside a larger buffer: element (b, t, i) is at offset + b * batchStride + t * rowStride + i. */
export interface StridedRows {
  readonly buffer: DeviceBuffer;
  readonly offset: number;
  readonly rowStride: number;
  readonly batchStride: number;
}

/** out = activation(op(a) op(b) + bias), per batch entry; matrices are contiguous. */
export interface GemmArgs {
  readonly a: DeviceBuffer; // (m, k), or (k, m) with transposeA
  readonly b: DeviceBuffer; // (k, n), or (n, k) with transposeB
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
  readonly table: DeviceBuffer; // (vocabulary, columns)
  readonly position: DeviceBuffer | null; // (positions, columns)
  readonly out: DeviceBuffer; // (rows, columns)
  readonly rows: number;
  readonly length: number; // row r stands at position offset + r % length
  readonly offset: number;
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
  readonly columns: number;
}

/** Causal attention: query t sees the keys 0 .. start + t. Head h reads key head floor(h * nKvHead / nHead). */
export interface AttentionArgs {
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
}

export interface AttentionBackwardArgs {
  readonly qkv: DeviceBuffer; // (batch, length, (nHead + 2 * nKvHead) * headDim)
  readonly out: DeviceBuffer;
  readonly logSumExp: DeviceBuffer;
  readonly dOut: DeviceBuffer;
  readonly dQkv: Into;
  readonly batch: number;
  readonly length: number;
  readonly nHead: number;
  readonly nKvHead: number;
  readonly headDim: number;
  readonly scale: number;
}

/** Mean over the counted rows; row r counts mask[r] (1 without a mask), and not at all where its target is ignored. */
export interface CrossEntropyArgs {
  readonly logits: DeviceBuffer; // (rows, classes)
  readonly targets: DeviceBuffer; // int32 (rows)
  readonly mask: DeviceBuffer | null; // (rows)
  readonly ignoreIndex: number;
  readonly logSumExp: DeviceBuffer; // (rows)
  readonly loss: DeviceBuffer; // (1)
  readonly total: DeviceBuffer; // (1): how much was counted
  readonly rows: number;
  readonly classes: number;
}

export interface CrossEntropyBackwardArgs extends Omit<CrossEntropyArgs, "loss"> {
  readonly dLoss: DeviceBuffer; // (1)
  /** May be the logits themselves, when `accumulate` is false. */
  readonly dLogits: Into;
}

export interface AdamwArgs {
  readonly parameter: DeviceBuffer;
  readonly grad: DeviceBuffer;
  readonly m: DeviceBuffer;
  readonly v: DeviceBuffer;
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  readonly step: number;
  readonly gradScale: number;
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

/**
 * A set of fused kernels over buffers it owns. The tape and the operations are built on it and it never sees
 * them: no shapes beyond what a kernel needs, no gradients beyond the backward kernels. Callers have checked
 * shapes; kernels may run later than the call as long as `download` waits for them.
 */
export interface Engine {
  readonly name: string;
  /** What it runs on, in words. */
  readonly device: string;
  readonly memory: { readonly allocations: number; readonly bytes: number; readonly peakBytes: number };

  allocate(length: number, dtype: DType): DeviceBuffer;
  free(buffer: DeviceBuffer): void;
  upload(buffer: DeviceBuffer, data: ArrayLike<number>, offset: number): void;
  download(buffer: DeviceBuffer): Promise<TensorData>;
  fill(buffer: DeviceBuffer, value: number): void;

  gemm(args: GemmArgs): void;
  /** out[j] = sum over rows of x[row, j]: the gradient of a bias. */
  columnSums(args: { x: DeviceBuffer; out: Into; rows: number; columns: number }): void;
  embedding(args: EmbeddingArgs): void;
  embeddingBackward(args: EmbeddingBackwardArgs): void;
  norm(args: NormArgs): void;
  normBackward(args: NormBackwardArgs): void;
  attention(args: AttentionArgs): void;
  attentionBackward(args: AttentionBackwardArgs): void;
  activation(args: { kind: Activation; x: DeviceBuffer; out: DeviceBuffer }): void;
  /** dX may be dOut itself, when `accumulate` is false. */
  activationBackward(args: { kind: Activation; x: DeviceBuffer; dOut: DeviceBuffer; dX: Into }): void;
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
  add(args: { a: DeviceBuffer; b: DeviceBuffer; out: DeviceBuffer }): void;
  multiply(args: { a: DeviceBuffer; b: DeviceBuffer; out: Into }): void;
  /** out = factor * x, or out += factor * x. */
  scale(args: { x: DeviceBuffer; factor: number; out: Into }): void;
  /** out[i] = factor * x[0]: the gradient of a sum. */
  broadcast(args: { x: DeviceBuffer; factor: number; out: Into }): void;
  /** out[index] = factor * sum of x. */
  sum(args: { x: DeviceBuffer; factor: number; out: DeviceBuffer; index: number; squares: boolean }): void;
  /** Keeps element i where dropoutBits(key, i) >= p * 2^32, divided by 1 - p; zero elsewhere. */
  dropout(args: { x: DeviceBuffer; p: number; key: readonly [number, number]; out: Into }): void;
  copy(args: CopyArgs): void;
  permute(args: { x: DeviceBuffer; shape: readonly number[]; axes: readonly number[]; out: Into }): void;
  adamw(args: AdamwArgs): void;
}
