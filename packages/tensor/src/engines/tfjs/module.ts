/** The part of a tfjs tensor that the engine uses. */
export interface TfTensor {
  readonly shape: number[];
  readonly size: number;
  /** Whether it outlives the `tidy` that it was made in. */
  readonly kept: boolean;
  data(): Promise<ArrayLike<number>>;
  dataSync(): ArrayLike<number>;
  dispose(): void;
}

type Operand = TfTensor | number;
type TypedValues = Float32Array | Int32Array;

/** The operations of tfjs that kernels are made of, as they are called here. */
export interface Tfjs {
  ready(): Promise<void>;
  getBackend(): string;
  backend(): object;
  tidy<T>(fn: () => T): T;
  keep(x: TfTensor): TfTensor;
  clone(x: TfTensor): TfTensor;

  tensor(values: TypedValues, shape: number[], dtype: "float32" | "int32"): TfTensor;
  zeros(shape: number[]): TfTensor;
  fill(shape: number[], value: number): TfTensor;
  range(start: number, stop: number, step: number, dtype: "float32" | "int32"): TfTensor;
  oneHot(indices: TfTensor, depth: number): TfTensor;

  reshape(x: TfTensor, shape: number[]): TfTensor;
  slice(x: TfTensor, begin: number[], size: number[]): TfTensor;
  stridedSlice(x: TfTensor, begin: number[], end: number[], strides: number[]): TfTensor;
  concat(xs: TfTensor[], axis: number): TfTensor;
  stack(xs: TfTensor[], axis: number): TfTensor;
  transpose(x: TfTensor, axes: number[]): TfTensor;
  gather(x: TfTensor, indices: TfTensor): TfTensor;
  scatterND(indices: TfTensor, updates: TfTensor, shape: number[]): TfTensor;
  broadcastTo(x: TfTensor, shape: number[]): TfTensor;
  cast(x: TfTensor, dtype: "float32" | "int32"): TfTensor;
  where(condition: TfTensor, a: TfTensor, b: TfTensor): TfTensor;
  equal(a: TfTensor, b: TfTensor): TfTensor;
  greater(a: TfTensor, b: Operand): TfTensor;
  greaterEqual(a: TfTensor, b: Operand): TfTensor;
  less(a: TfTensor, b: Operand): TfTensor;
  logicalOr(a: TfTensor, b: TfTensor): TfTensor;

  matMul(a: TfTensor, b: TfTensor, transposeA: boolean, transposeB: boolean): TfTensor;
  add(a: TfTensor, b: Operand): TfTensor;
  sub(a: Operand, b: Operand): TfTensor;
  mul(a: TfTensor, b: Operand): TfTensor;
  div(a: Operand, b: Operand): TfTensor;
  minimum(a: TfTensor, b: Operand): TfTensor;
  addN(xs: TfTensor[]): TfTensor;
  sum(x: TfTensor, axis?: number, keepDims?: boolean): TfTensor;
  mean(x: TfTensor, axis: number, keepDims: boolean): TfTensor;
  max(x: TfTensor, axis: number, keepDims: boolean): TfTensor;
  argMax(x: TfTensor, axis: number): TfTensor;
  softmax(x: TfTensor): TfTensor;
  neg(x: TfTensor): TfTensor;
  abs(x: TfTensor): TfTensor;
  round(x: TfTensor): TfTensor;
  floor(x: TfTensor): TfTensor;
  exp(x: TfTensor): TfTensor;
  log(x: TfTensor): TfTensor;
  sqrt(x: TfTensor): TfTensor;
  square(x: TfTensor): TfTensor;
  rsqrt(x: TfTensor): TfTensor;
  relu(x: TfTensor): TfTensor;
  sigmoid(x: TfTensor): TfTensor;
  tanh(x: TfTensor): TfTensor;
  erf(x: TfTensor): TfTensor;
}

/**
 * Any tfjs module: `@tensorflow/tfjs`, `@tensorflow/tfjs-core` with a backend, `@tensorflow/tfjs-node` or
 * `@tensorflow/tfjs-node-gpu`. It asks for the functions by name alone, so no types of tfjs have to be installed.
 */
export type TfjsModule = { readonly [Name in keyof Tfjs]: (...args: never[]) => unknown };
