import type { DeviceBuffer, DType, TensorData } from "../engine.js";
import { EngineError } from "../errors.js";
import type { Heap } from "./heap.js";

/** A piece of linear memory. */
export class WasmBuffer implements DeviceBuffer {
  readonly length: number;
  readonly dtype: DType;
  readonly address: number;
  readonly heap: Heap;
  freed = false;

  constructor(heap: Heap, length: number, dtype: DType) {
    this.heap = heap;
    this.length = length;
    this.dtype = dtype;
    this.address = heap.allocate(length * 4);
  }

  /** A view, valid until the memory grows: never keep it. */
  get data(): TensorData {
    const { buffer } = this.heap.memory;
    return this.dtype === "int32"
      ? new Int32Array(buffer, this.address, this.length)
      : new Float32Array(buffer, this.address, this.length);
  }
}

/** The address of a buffer that a kernel reads or writes up to `elements` of; every kernel entry goes through it. */
export function addressOf(buffer: DeviceBuffer, elements: number, heap: Heap): number {
  if (!(buffer instanceof WasmBuffer) || buffer.heap !== heap || buffer.freed) {
    throw new EngineError("A kernel was given a buffer that was freed or belongs to another engine.");
  }
  if (!(elements >= 0 && elements <= buffer.length)) {
    throw new EngineError(`A kernel would reach element ${elements} of a buffer of ${buffer.length}.`);
  }
  return buffer.address;
}
