import { OutOfMemoryError } from "../../errors.js";
import { type GpuBuffer, type GpuDevice, USAGE } from "./gpu.js";

/** A buffer on the device, with a number by which others can tell it. */
export interface Memory {
  readonly gpu: GpuBuffer;
  readonly id: number;
  readonly bytes: number;
}

/** What may lie unused, at least. */
const SPARE = 64 * 2 ** 20;

/** The size of the class that so many bytes belong to: a power of two, or one of 3 sizes between it and the next. */
function classOf(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2);
  return Math.ceil(bytes / step) * step;
}

/**
 * Buffers by size: to make and to destroy one takes half a millisecond, so those that are given back are used again. The one that
 * was made first is taken first: so a step that asks for what the one before it asked for gets the same buffers.
 */
export class Pool {
  readonly #device: GpuDevice;
  readonly #spare = new Map<number, Memory[]>();
  readonly #onDestroy: (memory: Memory) => void;
  #count = 0;
  #spareBytes = 0;
  #usedBytes = 0;

  constructor(device: GpuDevice, onDestroy: (memory: Memory) => void) {
    this.#device = device;
    this.#onDestroy = onDestroy;
  }

  /** How many buffers were made so far. */
  get made(): number {
    return this.#count;
  }

  /** A buffer of at least so many bytes. What it holds is not defined. */
  take(bytes: number): Memory {
    const size = this.#sizeOf(bytes);
    this.#usedBytes += size;
    const spare = this.#spare.get(size)?.pop();
    if (spare) {
      this.#spareBytes -= size;
      return spare;
    }
    const gpu = this.#device.createBuffer({
      size,
      usage: USAGE.storage | USAGE.copySource | USAGE.copyTarget,
    });
    return { gpu, id: this.#count++, bytes: size };
  }

  give(memory: Memory): void {
    const { bytes } = memory;
    this.#usedBytes -= bytes;
    this.#spareBytes += bytes;
    const list = this.#spare.get(bytes) ?? [];
    const at = list.findIndex(({ id }) => id < memory.id);
    list.splice(at < 0 ? list.length : at, 0, memory); // the first that was made is the last
    this.#spare.set(bytes, list);
    if (this.#spareBytes > Math.max(SPARE, 2 * this.#usedBytes)) this.clear();
  }

  /** Destroys what lies unused. What was recorded and uses it must have been submitted. */
  clear(): void {
    for (const list of this.#spare.values()) {
      for (const memory of list) {
        this.#onDestroy(memory);
        memory.gpu.destroy();
      }
    }
    this.#spare.clear();
    this.#spareBytes = 0;
  }

  #sizeOf(bytes: number): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    for (const [name, limit] of Object.entries({ maxBufferSize, maxStorageBufferBindingSize })) {
      if (bytes <= limit) continue;
      throw new OutOfMemoryError(
        `A tensor of ${bytes} bytes is larger than this GPU allows: ${name} is ${limit}. Use a smaller model, or another engine.`,
      );
    }
    return Math.min(classOf(bytes), maxBufferSize, maxStorageBufferBindingSize);
  }
}
