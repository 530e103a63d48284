import { toBfloat16 } from "./bfloat16.js";
import { engine, TWO_COPIES } from "./current.js";
import type { DType, TensorData } from "./device-buffer.js";
import type { Engine } from "./engine.js";
import { DisposedError, EngineError, IndexError, ShapeError, TensorError } from "./errors.js";
import { register, unregister } from "./scope.js";
import { Storage } from "./storage.js";

/** The storage of a tensor, checked to be alive and on the current engine. `op` names the caller in errors. */
export let storageOf: (tensor: Tensor, op: string) => Storage;

/** An n-dimensional array in an engine's memory, row-major and immutable but for `write` and the optimiser. */
export class Tensor {
  /** Extents, outermost first; `[]` is a scalar. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Number of elements. */
  readonly size: number;
  #storage: Storage | null;

  static {
    storageOf = (tensor, op) => {
      if (typeof tensor !== "object" || tensor === null || !(#storage in tensor)) throw foreign(tensor, op);
      const storage = tensor.#storage;
      if (!storage) {
        throw new DisposedError(
          `${op}: the tensor of shape ${show(tensor.shape)} was already freed. Return it from its scope, or dispose of it later.`,
        );
      }
      if (storage.engine !== engine()) {
        throw elsewhere(tensor, storage.engine, op);
      }
      return storage;
    };
  }

  /** @internal Tensors are made by `tensor`, `zeros`, `parameter` and by operations. */
  constructor(shape: readonly number[], dtype: DType, storage: Storage) {
    this.shape = Object.freeze([...shape]);
    this.dtype = dtype;
    this.size = sizeOf(shape);
    this.#storage = storage;
  }

  /** A copy of the values, once everything they depend on has been computed; of bfloat16 the bits, in a Uint16Array. */
  async data(): Promise<TensorData> {
    if (!this.#storage) storageOf(this, "data");
    const storage = this.#storage!.retain();
    try {
      return await storage.engine.download(storage.buffer);
    } finally {
      storage.release();
    }
  }

  /** Frees the memory now. Safe to call twice. */
  dispose(): void {
    if (!this.#storage) return;
    this.#storage.release();
    this.#storage = null;
    unregister(this);
  }
}

/** A named tensor that is trained: what `valueAndGrad` differentiates. It survives scopes. */
export class Parameter extends Tensor {
  readonly name: string;

  /** @internal Made by `parameter`. */
  constructor(name: string, shape: readonly number[], storage: Storage) {
    super(shape, "float32", storage);
    this.name = name;
  }
}

/** The error for a tensor of an engine that is not in use. */
function elsewhere({ shape }: Tensor, { name }: Engine, op: string): EngineError {
  const inUse = engine().name;
  const where =
    name === inUse
      ? `another engine "${name}" than the one in use: they are two instances, each with its own memory`
      : `the engine "${name}", and "${inUse}" is in use`;
  return new EngineError(
    `${op}: the tensor of shape ${show(shape)} lives on ${where}. Call useEngine once, before tensors are made, or go back with \`await useEngine(first)\`, where \`first\` is what the first call answered.`,
  );
}

/** The error for what is no tensor of this copy of the package. */
function foreign(value: unknown, op: string): TensorError {
  const { shape, dtype } = (value ?? {}) as Partial<Tensor>;
  if (shape && dtype)
    return new TensorError(`${op}: the tensor of shape ${show(shape)} is another copy's. ${TWO_COPIES}`);
  return new TensorError(`${op}: ${value} is not a tensor. Make one with \`tensor(data, shape)\`.`);
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A shape as it is shown in messages: (2, 3). */
export function show(shape: readonly number[]): string {
  return `(${shape.join(", ")})`;
}

/** A fresh, uninitialised float32 result of an operation, owned by the current scope. */
export function result(shape: readonly number[], on: Engine = engine()): Tensor {
  return adopt(shape, "float32", new Storage(on, sizeOf(shape)));
}

/** Wraps a storage (whose reference it takes over) as a tensor of the current scope. */
export function adopt(shape: readonly number[], dtype: DType, storage: Storage): Tensor {
  const made = new Tensor(shape, dtype, storage);
  register(made);
  return made;
}

function checkShape(op: string, shape: readonly number[]): void {
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 1) {
      throw new ShapeError(`${op}: ${show(shape)} is not a shape: every extent must be a positive integer.`);
    }
  }
}

/** Values as an engine takes them. */
function encoded(data: ArrayLike<number>, dtype: DType): ArrayLike<number> {
  return dtype === "bfloat16" && !(data instanceof Uint16Array) ? toBfloat16(data) : data;
}

function filled(op: string, data: ArrayLike<number>, shape: readonly number[], dtype: DType): Storage {
  checkShape(op, shape);
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `${op}: ${data.length} values do not fill shape ${show(shape)}, which holds ${sizeOf(shape)}.`,
    );
  }
  const storage = new Storage(engine(), data.length, dtype);
  storage.engine.upload(storage.buffer, encoded(data, dtype), 0);
  return storage;
}

/** A tensor with these values in row-major order. In bfloat16, a Uint16Array has their bits; other numbers are rounded. */
export function tensor(data: ArrayLike<number>, shape: readonly number[], dtype: DType = "float32"): Tensor {
  return adopt(shape, dtype, filled("tensor", data, shape, dtype));
}

/** A tensor of zeros. */
export function zeros(shape: readonly number[], dtype: DType = "float32"): Tensor {
  checkShape("zeros", shape);
  const storage = new Storage(engine(), sizeOf(shape), dtype);
  storage.engine.fill(storage.buffer, 0);
  return adopt(shape, dtype, storage);
}

/** A trainable tensor with these values; free it with `dispose` when the model goes. */
export function parameter(name: string, data: ArrayLike<number>, shape: readonly number[]): Parameter {
  return new Parameter(name, shape, filled(`parameter ${name}`, data, shape, "float32"));
}

/** Overwrites target[offset ..] in place, counted in elements: how checkpoints are loaded. Values are as in `tensor`. */
export function write(target: Tensor, data: ArrayLike<number>, offset = 0): void {
  const storage = storageOf(target, "write");
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + data.length > target.size) {
    throw new IndexError(
      `write: ${data.length} values at offset ${offset} do not fit a tensor of shape ${show(target.shape)}.`,
    );
  }
  storage.engine.upload(storage.buffer, encoded(data, target.dtype), offset);
}
