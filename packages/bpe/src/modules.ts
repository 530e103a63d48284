import { BpeError } from "./errors.js";

/** A module of WebAssembly: what the program gave, or the one in this base64, compiled on first use. */
export class ModuleSource {
  readonly #base64: string;
  #module: WebAssembly.Module | undefined;

  constructor(base64: string) {
    this.#base64 = base64;
  }

  /** @throws BpeError where the host forbids WebAssembly or lacks its SIMD */
  get(): WebAssembly.Module {
    this.#module ??= compile(this.#base64);
    return this.#module;
  }

  set(module: WebAssembly.Module): void {
    this.#module = module;
  }
}

function compile(base64: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch (cause) {
    throw new BpeError(
      `WebAssembly with SIMD is needed and could not be compiled here (${(cause as Error).message}). ` +
        "A page's Content-Security-Policy must allow 'wasm-unsafe-eval'; a host that compiles beforehand gives useModules() @llm/bpe/encoding.wasm.",
      { cause },
    );
  }
}
