import { KERNEL } from "./kernel.generated.js";

/** The functions of assembly/hash.ts; addresses and counts are plain numbers. */
interface Functions {
  heapBase(): number;
  ngrams(bytes: number, ends: number, count: number, n: number, out: number): void;
  least(hashes: number, count: number, a: number, b: number, functions: number, out: number): void;
  xxh64Start(lanes: number): void;
  xxh64Stripes(lanes: number, bytes: number, end: number): void;
  xxh64End(lanes: number, total: number, bytes: number, end: number): number;
}

/** WebAssembly that cannot be had here. */
export class HashKernelError extends Error {
  override readonly name = "HashKernelError";
}

const PAGE = 65_536;
let shared: Kernel | undefined;

/** The kernel, made on first use. @throws HashKernelError */
export function kernel(): Kernel {
  shared ??= new Kernel();
  return shared;
}

/** An instance with a memory of its own, which holds nothing from call to call. */
class Kernel {
  readonly run: Functions;
  readonly base: number;
  readonly #memory = new WebAssembly.Memory({ initial: 2 });

  constructor() {
    try {
      const module = new WebAssembly.Module(Uint8Array.from(atob(KERNEL), (char) => char.charCodeAt(0)));
      const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
      this.run = exports as unknown as Functions;
    } catch (cause) {
      throw new HashKernelError(
        `WebAssembly with SIMD is needed and could not be had here (${(cause as Error).message}). ` +
          "A page with a Content-Security-Policy must allow 'wasm-unsafe-eval'.",
        { cause },
      );
    }
    this.base = align(this.run.heapBase());
  }

  /** The memory, of at least `size` bytes from `base` on. */
  room(size: number): ArrayBuffer {
    const missing = this.base + size - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return this.#memory.buffer;
  }
}

/** The next address that vectors may begin at. */
export function align(address: number): number {
  return (address + 15) & ~15;
}
