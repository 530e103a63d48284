import { BpeError } from "./errors.js";
import { moduleBytes } from "./module-text.js";

/** A module of WebAssembly: what the program gave, or the one in this text, compiled on first use. */
export class ModuleSource {
  readonly #text: string;
  #module: WebAssembly.Module | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws BpeError where the host forbids WebAssembly or lacks its SIMD */
  get(): WebAssembly.Module {
    this.#module ??= compile(this.#text);
    return this.#module;
  }

  set(module: WebAssembly.Module): void {
    this.#module = module;
  }
}

function compile(text: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(moduleBytes(text));
  } catch (cause) {
    throw new BpeError(
      `WebAssembly with SIMD is needed and could not be compiled here (${(cause as Error).message}). ` +
        "A page's Content-Security-Policy must allow 'wasm-unsafe-eval'; a host that compiles beforehand gives useModules() @llm/bpe/encoding.wasm.",
      { cause },
    );
  }
}
