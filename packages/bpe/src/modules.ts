import { BpeError } from "./errors.js";

/** A way to the module in this base64, which is compiled on first use. */
export function moduleOf(base64: string): () => WebAssembly.Module {
  let compiled: WebAssembly.Module | undefined;
  return () => {
    compiled ??= compile(base64);
    return compiled;
  };
}

/** @throws BpeError where the host forbids WebAssembly or lacks its SIMD */
function compile(base64: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch (cause) {
    throw new BpeError(
      `WebAssembly with SIMD is needed and could not be compiled here (${(cause as Error).message}). ` +
        "A page with a Content-Security-Policy must allow 'wasm-unsafe-eval'.",
      { cause },
    );
  }
}
