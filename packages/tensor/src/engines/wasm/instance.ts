import type { Activation } from "../../device-buffer.js";
import { EngineError } from "../../errors.js";

/** How the kernels call the activations. */
export const KINDS: Record<Activation, number> = { gelu: 1, "gelu-erf": 2, relu2: 3, silu: 4 };

/** Addresses and counts are plain numbers; see assembly/ for what each kernel does. */
export interface Kernels {
  applyActivation(kind: number, x: number, out: number, length: number): void;
  activationBackward(
    kind: number,
    x: number,
    dOut: number,
    dX: number,
    length: number,
    accumulate: boolean,
  ): void;
  attentionScratch(keys: number, headDim: number): number;
  attentionBackwardScratch(keys: number, headDim: number): number;
  gemmScratch(): number;
  useNative(): void;
  attention(...numbers: number[]): void;
  attentionBackward(...numbers: number[]): void;
  adamw(...numbers: number[]): void;
  add(a: number, b: number, out: number, length: number): void;
  cautiousDecay(p: number, update: number, length: number, kept: number): void;
  broadcast(x: number, factor: number, out: number, length: number, accumulate: boolean): void;
  copy(
    x: number,
    xStride: number,
    out: number,
    outStride: number,
    rows: number,
    columns: number,
    accumulate: boolean,
  ): void;
  dropout(
    x: number,
    out: number,
    length: number,
    first: number,
    threshold: number,
    keep: number,
    key0: number,
    key1: number,
    accumulate: boolean,
  ): void;
  randomNormal(...numbers: number[]): void;
  randomUniform(...numbers: number[]): void;
  toBfloat16(x: number, out: number, length: number): void;
  embedding(...numbers: number[]): void;
  embeddingBackward(...numbers: number[]): void;
  multiply(a: number, b: number, out: number, length: number, accumulate: boolean): void;
  scale(x: number, factor: number, out: number, length: number, accumulate: boolean): void;
  sum(x: number, length: number, squares: boolean, out: number): void;
  zero(out: number, length: number): void;
  columnSums(
    x: number,
    rowStride: number,
    out: number,
    rows: number,
    columns: number,
    accumulate: boolean,
  ): void;
  gemm(...numbers: (number | boolean)[]): void;
  /** The last steps of a product, for code that has only multiplied. */
  epilogue(
    c: number,
    stride: number,
    m: number,
    n: number,
    bias: number,
    activation: number,
    pre: number,
    residual: number,
  ): void;
  pack(
    b: number,
    stride: number,
    transposed: boolean,
    k: number,
    n: number,
    width: number,
    to: number,
    storage: number,
    scales: number,
  ): void;
  /** to[j][i] = from[i][j] for i < rows, j < columns; strides in bytes. */
  transposeInto(
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
    rows: number,
    columns: number,
  ): void;
  /** Rows of a stored weight as floats; strides in bytes. */
  widen(
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
    rows: number,
    columns: number,
    storage: number,
    scales: number,
  ): void;
  norm(...numbers: number[]): void;
  residualNorm(...numbers: number[]): void;
  normBackward(...numbers: number[]): void;
  rope(...numbers: (number | boolean)[]): void;
  gated(kind: number, x: number, out: number, rows: number, columns: number): void;
  gatedBackward(...numbers: (number | boolean)[]): void;
  softcap(x: number, out: number, length: number, cap: number): void;
  softcapBackward(...numbers: (number | boolean)[]): void;
  lossChunk(...numbers: number[]): void;
  lossChunkBackward(...numbers: number[]): void;
  sumAxis(...numbers: (number | boolean)[]): void;
  broadcastAxis(...numbers: (number | boolean)[]): void;
  maxAxis(x: number, out: number, index: number, outer: number, extent: number, inner: number): void;
  scatterAxis(x: number, index: number, out: number, outer: number, extent: number, inner: number): void;
  quantize(x: number, values: number, scales: number, rows: number, columns: number): void;
  quantizeInput(...numbers: number[]): void;
  quantizedProduct(...numbers: number[]): void;
  quantizeBytes(...numbers: number[]): void;
  /** Only in machine code: a weight in 8 bits times floats, and times what `quantizeBytes` has written. */
  widenedProduct?(...numbers: number[]): void;
  int8Product?(...numbers: number[]): void;
  quantizeGroupInput(
    x: number,
    to: number,
    tiles: number,
    columns: number,
    tile: number,
    offset: number,
  ): void;
  groupedProduct(...numbers: number[]): void;
  /** Only in machine code: the same with x in the tiles of `groupTiles`. */
  groupedTiles?(...numbers: number[]): void;
  unpackGroupedRow(
    weight: number,
    row: number,
    to: number,
    columns: number,
    blocks: number,
    bits: number,
  ): void;
  crossEntropy(...numbers: number[]): number;
  crossEntropyBackward(...numbers: (number | boolean)[]): void;
  softmax(x: number, out: number, rows: number, columns: number): void;
  softmaxBackward(
    y: number,
    dOut: number,
    dX: number,
    rows: number,
    columns: number,
    accumulate: boolean,
  ): void;
}

/** Machine code that WebAssembly calls, with addresses of its memory: see native/rows-code.ts and native/softmax-code.ts. */
export interface NativeLoops {
  multiplyRows(
    a: number,
    aStride: number,
    panels: number,
    panelBytes: number,
    c: number,
    cStride: number,
    m: number,
    panelCount: number,
    depth: number,
    accumulate: number,
  ): void;
  /** The same for the transpose of A. */
  multiplyColumns: NativeLoops["multiplyRows"];
  softmaxRows(
    row: number,
    stride: number,
    rows: number,
    first: number,
    end: number,
    bytes: number,
    numbers: number,
    capped: number,
    step: number,
  ): void;
  softmaxRowsBackward(
    row: number,
    stride: number,
    rows: number,
    first: number,
    end: number,
    bytes: number,
    numbers: number,
    capped: number,
    distance: number,
    step: number,
  ): void;
  dropRows(row: number, stride: number, rows: number, bytes: number, dropped: number, index: number): void;
  thinDots(x: number, weight: number, stride: number, out: number, rows: number, depth: number): void;
  thinSums(x: number, weight: number, stride: number, out: number, depth: number, columns: number): void;
}

/** The kernels over this memory; their innermost loops in machine code, if there is some. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  native?: NativeLoops,
): Kernels {
  const abort = () => {
    throw new EngineError("A WebAssembly kernel stopped.");
  };
  const absent: NativeLoops = {
    multiplyRows: abort,
    multiplyColumns: abort,
    softmaxRows: abort,
    softmaxRowsBackward: abort,
    dropRows: abort,
    thinDots: abort,
    thinSums: abort,
  };
  const env = { memory, abort, ...(native ?? absent) };
  const kernels = new WebAssembly.Instance(module, { env }).exports as unknown as Kernels;
  if (native) kernels.useNative();
  return kernels;
}
