import type { DeviceBuffer, DType, TensorData } from "../../device-buffer.js";
import { type OwnedBuffer, ownBuffer } from "../device/buffer.js";
import type { Heap } from "./heap.js";

/** How kernels are told what elements are stored as, see assembly/storage.ts: each takes 4 >> storage bytes. */
export const STORAGE = { float32: 0, int32: 0, bfloat16: 1, int8: 2 } as const satisfies Record<
  DType,
  number
>;

/** Bytes of one element. */
export const bytesPerElement = (dtype: DType): number => 4 >> STORAGE[dtype];

/** A piece of linear memory. */
export class WasmBuffer implements OwnedBuffer {
  readonly length: number;
  readonly dtype: DType;
  readonly address: number;
  readonly owner: Heap;
  freed = false;

  /** At `address` where one is given: a view of memory that another buffer owns. */
  constructor(heap: Heap, length: number, dtype: DType, address?: number) {
    this.owner = heap;
    this.length = length;
    this.dtype = dtype;
    this.address = address ?? heap.allocate(this.bytes);
  }

  get bytes(): number {
    return this.length * bytesPerElement(this.dtype);
  }

  /** A view, valid until the memory grows: never keep it. */
  get data(): TensorData {
    const { buffer } = this.owner.memory;
    if (this.dtype === "int32") return new Int32Array(buffer, this.address, this.length);
    if (this.dtype === "int8") return new Int8Array(buffer, this.address, this.length);
    if (this.dtype === "bfloat16") return new Uint16Array(buffer, this.address, this.length);
    return new Float32Array(buffer, this.address, this.length);
  }
}

/**
 * The address of a buffer that a kernel reads or writes up to `elements` of `width` bytes; every kernel entry goes
 * through it.
 */
function addressOf(buffer: DeviceBuffer, elements: number, width: number, heap: Heap): number {
  const own = ownBuffer(buffer, WasmBuffer, heap, (elements * width) / bytesPerElement(buffer.dtype));
  return own.address;
}

/** How the engine's kernels reach memory. */
export interface Access {
  readonly heap: Heap;
  /** The address of a buffer that is used up to `elements`, of 4 bytes each unless `width` says otherwise. */
  at(buffer: DeviceBuffer, elements: number, width?: number): number;
  /** The same, or 0 for none. */
  maybe(buffer: DeviceBuffer | null | undefined, elements: number): number;
  /** Runs `fn` with scratch memory that is given back at once. */
  borrow(bytes: number, fn: (address: number) => void): void;
}

/** Access to the buffers of one heap; scratch memory counts towards the peak of `memory`. */
export function accessTo(heap: Heap, memory: { readonly bytes: number; peakBytes: number }): Access {
  return {
    heap,
    at: (buffer, elements, width = 4) => addressOf(buffer, elements, width, heap),
    maybe: (buffer, elements) => (buffer ? addressOf(buffer, elements, 4, heap) : 0),
    borrow(bytes, fn) {
      const address = heap.allocate(bytes);
      memory.peakBytes = Math.max(memory.peakBytes, memory.bytes + bytes);
      try {
        fn(address);
      } finally {
        heap.free(address, bytes);
      }
    },
  };
}

/** Reads int32 buffers, where a kernel is told places by them. */
export function integersAt({ at }: Access): (buffer: DeviceBuffer, length: number) => TensorData {
  return (buffer, length) => {
    at(buffer, length);
    return (buffer as WasmBuffer).data;
  };
}
