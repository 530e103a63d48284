import { BpeError } from "./errors.js";

/** What every module has; addresses and counts are plain numbers. */
export interface Kernels {
  heapBase(): number;
  scan(pattern: number, classes: number, text: number, length: number, ends: number): number;
}

/** The functions of assembly/encoding.ts. */
export interface EncodingKernels extends Kernels {
  encode(model: number, text: number, ends: number, count: number, out: number, scratch: number): number;
  empty(model: number): void;
  addMerge(model: number, left: number, right: number, rank: number, token: number): void;
  recover(
    model: number,
    ranked: number,
    count: number,
    rank: number,
    left: number,
    right: number,
    parts: number,
  ): number;
  mergeScratch(length: number): number;
}

/** The functions of assembly/training.ts. */
export interface TrainingKernels extends Kernels {
  countTexts(
    words: number,
    pattern: number,
    classes: number,
    text: number,
    textEnds: number,
    first: number,
    count: number,
    ends: number,
  ): number;
  countWords(
    words: number,
    text: number,
    ends: number,
    first: number,
    count: number,
    weights: number,
  ): number;
  rehashWords(words: number, slots: number, shift: number): void;
  splitLines(text: number, length: number, ends: number): number;
  writeWords(words: number, bytes: number, ends: number, counts: number): void;
  trainerSize(words: number, length: number, symbols: number): number;
  newTrainer(
    at: number,
    bytes: number,
    ends: number,
    words: number,
    weights: number,
    symbolOf: number,
    first: number,
    last: number,
    least: number,
    longest: number,
  ): number;
  advance(trainer: number, limit: number, work: number): number;
}

const PAGE = 65_536;
/** What WebAssembly can address. */
const MOST_PAGES = 65_536;

/** An instance of the kernels with a memory of its own. What is allocated stays for the kernel's life. */
export class Kernel<Functions extends Kernels = Kernels> {
  readonly run: Functions;
  /** All memory; made anew when it grows, so never kept. */
  bytes: Uint8Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
  /** The first address that is free. */
  top: number;
  readonly #memory: WebAssembly.Memory;

  /** @param image what the memory of another kernel held, from its start on */
  constructor(module: WebAssembly.Module, image = new Uint8Array()) {
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(image.length / PAGE) + 1 });
    const env = { memory: this.#memory, abort: () => {} };
    this.run = new WebAssembly.Instance(module, { env }).exports as unknown as Functions;
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
    this.bytes.set(image);
    this.top = Math.max(this.run.heapBase(), image.length);
  }

  /** The address of `size` zero bytes, a multiple of 64. */
  allocate(size: number): number {
    const at = align(this.top);
    this.reach(at + size);
    this.top = at + size;
    return at;
  }

  /** The address of a copy of these numbers. */
  copy(values: Uint8Array | Int32Array | Uint32Array | Float64Array): number {
    const at = this.allocate(values.byteLength);
    this.bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    return at;
  }

  /** Gives back what was allocated since `top` stood there. */
  free(top: number): void {
    this.bytes.fill(0, top, this.top);
    this.top = top;
  }

  /** Grows the memory so that it has all addresses below `end`. @throws BpeError beyond 4 GB */
  reach(end: number): void {
    if (end <= this.bytes.length) return;
    const pages = this.bytes.length / PAGE;
    // A quarter more than needed, so that growing is rare.
    const wanted = Math.max(Math.ceil(end / PAGE), Math.min(Math.ceil(pages * 1.25), MOST_PAGES));
    try {
      this.#memory.grow(wanted - pages);
    } catch (cause) {
      throw new BpeError(
        `${Math.ceil(end / 2 ** 20)} MB of WebAssembly memory are needed and cannot be had. Pass the text in smaller parts.`,
        { cause },
      );
    }
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }
}

/** The next multiple of 64, a cache line. */
export function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}
