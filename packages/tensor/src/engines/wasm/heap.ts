import { OutOfMemoryError } from "../../errors.js";

const PAGE = 65536;
/** What 32-bit addresses reach, less the last page, so that sizes never wrap around. */
const LIMIT = 0x1_0000_0000 - PAGE;
/** Addresses are multiples of a cache line. */
const ALIGN = 64;

/**
 * Hands out pieces of a WebAssembly.Memory: the smallest free block that fits, else from the end, growing the
 * memory. Neighbouring free blocks are joined. Where a block lies depends only on the calls before it.
 */
export class Heap {
  memory: WebAssembly.Memory;
  readonly #sizes = new Map<number, Set<number>>(); // size -> addresses of free blocks
  readonly #starts = new Map<number, number>(); // address of a free block -> its size
  readonly #ends = new Map<number, number>(); // end of a free block -> its address
  #top: number;

  /** Everything below `start` belongs to somebody else. */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.memory = memory;
    this.#top = Math.ceil(start / ALIGN) * ALIGN;
  }

  #take(address: number): number {
    const size = this.#starts.get(address)!;
    this.#starts.delete(address);
    this.#ends.delete(address + size);
    const same = this.#sizes.get(size)!;
    same.delete(address);
    if (same.size === 0) this.#sizes.delete(size);
    return size;
  }

  #put(address: number, size: number): void {
    this.#starts.set(address, size);
    this.#ends.set(address + size, address);
    const same = this.#sizes.get(size);
    if (same) same.add(address);
    else this.#sizes.set(size, new Set([address]));
  }

  /** The address of `bytes` fresh bytes, whose content is arbitrary. */
  allocate(bytes: number): number {
    const size = Math.max(1, Math.ceil(bytes / ALIGN)) * ALIGN;
    let best = this.#sizes.has(size) ? size : Number.POSITIVE_INFINITY;
    if (best !== size) {
      for (const free of this.#sizes.keys()) if (free >= size && free < best) best = free;
    }
    if (best !== Number.POSITIVE_INFINITY) {
      const [address] = this.#sizes.get(best)!;
      this.#take(address!);
      if (best > size) this.#put(address! + size, best - size);
      return address!;
    }
    const address = this.#top;
    this.#grow(address + size, bytes);
    this.#top = address + size;
    return address;
  }

  #grow(end: number, bytes: number): void {
    const held = this.memory.buffer.byteLength;
    if (end <= held) return;
    const refuse = (cause?: unknown) =>
      new OutOfMemoryError(
        `No room for ${bytes} more bytes: WebAssembly memory holds ${held} of at most ${LIMIT}. Use a smaller batch or model, or free tensors earlier with scope().`,
        { cause },
      );
    if (end > LIMIT) throw refuse();
    const needed = Math.ceil((end - held) / PAGE);
    // Some spare room, so that growing stays rare.
    const generous = Math.min(
      Math.max(needed, Math.ceil(held / PAGE / 4)),
      Math.floor((LIMIT - held) / PAGE),
    );
    try {
      this.memory.grow(generous);
    } catch {
      try {
        this.memory.grow(needed);
      } catch (cause) {
        throw refuse(cause);
      }
    }
  }

  /** Lets go of the memory, which buffers that are left would hold. */
  close(): void {
    this.memory = new WebAssembly.Memory({ initial: 0 });
  }

  /** Gives a block of `bytes` back. */
  free(address: number, bytes: number): void {
    let start = address;
    let size = Math.max(1, Math.ceil(bytes / ALIGN)) * ALIGN;
    const before = this.#ends.get(start);
    if (before !== undefined) {
      size += this.#take(before);
      start = before;
    }
    if (this.#starts.has(start + size)) size += this.#take(start + size);
    if (start + size === this.#top) this.#top = start;
    else this.#put(start, size);
  }
}
