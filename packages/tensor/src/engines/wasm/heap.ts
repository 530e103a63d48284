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
  /** Free blocks in the order of addresses, none of them next to another: where they begin, and their sizes. */
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];
  #top: number;

  /** Everything below `start` belongs to somebody else. */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.memory = memory;
    this.#top = Math.ceil(start / ALIGN) * ALIGN;
  }

  /** The address of `bytes` fresh bytes, whose content is arbitrary. */
  allocate(bytes: number): number {
    const size = Math.max(1, Math.ceil(bytes / ALIGN)) * ALIGN;
    const best = this.#smallest(size);
    if (best >= 0) {
      const address = this.#starts[best]!;
      if (this.#sizes[best] === size) this.#remove(best);
      else {
        this.#starts[best] = address + size;
        this.#sizes[best]! -= size;
      }
      return address;
    }
    const address = this.#top;
    this.#grow(address + size, bytes);
    this.#top = address + size;
    return address;
  }

  /** The smallest free block that has room, the first of several; -1 where there is none. */
  #smallest(size: number): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#sizes.length; i++) {
      const free = this.#sizes[i]!;
      if (free < size || free >= least) continue;
      best = i;
      least = free;
      if (free === size) break;
    }
    return best;
  }

  #remove(block: number): void {
    this.#starts.splice(block, 1);
    this.#sizes.splice(block, 1);
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
    let next = this.#after(address);
    if (next > 0 && this.#starts[next - 1]! + this.#sizes[next - 1]! === start) {
      start = this.#starts[--next]!;
      size += this.#sizes[next]!;
      this.#remove(next);
    }
    if (this.#starts[next] === start + size) {
      size += this.#sizes[next]!;
      this.#remove(next);
    }
    if (start + size === this.#top) this.#top = start;
    else {
      this.#starts.splice(next, 0, start);
      this.#sizes.splice(next, 0, size);
    }
  }

  /** The first free block behind an address. */
  #after(address: number): number {
    let [from, to] = [0, this.#starts.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#starts[middle]! < address) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
