import { BpeError } from "./errors.js";

/** A module of WebAssembly: what the program gave, or the one in these hex digits, compiled on first use. */
export class ModuleSource {
  readonly #hex: string;
  #module: WebAssembly.Module | undefined;

  constructor(hex: string) {
    this.#hex = hex;
  }

  /** @throws BpeError where the host forbids WebAssembly or lacks its SIMD */
  get(): WebAssembly.Module {
    this.#module ??= compile(this.#hex);
    return this.#module;
  }

  set(module: WebAssembly.Module): void {
    this.#module = module;
  }
}

function compile(hex: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16)));
  } catch (cause) {
    throw new BpeError(
      `WebAssembly with SIMD is needed and could not be compiled here (${(cause as Error).message}). ` +
        "A page's Content-Security-Policy must allow 'wasm-unsafe-eval'; a host that compiles beforehand gives useModules() @llm/bpe/encoding.wasm.",
      { cause },
    );
  }
}
