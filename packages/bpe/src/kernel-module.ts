import { BpeError } from "./errors.js";
import { KERNELS } from "./kernels.generated.js";

let compiled: WebAssembly.Module | undefined;

/** The WebAssembly module, compiled on first use. @throws BpeError where the host forbids WebAssembly or lacks its SIMD */
export function kernelModule(): WebAssembly.Module {
  if (compiled) return compiled;
  try {
    compiled = new WebAssembly.Module(Uint8Array.from(atob(KERNELS), (char) => char.charCodeAt(0)));
  } catch (cause) {
    throw new BpeError(
      `WebAssembly with SIMD is needed and could not be compiled here (${(cause as Error).message}). ` +
        "A page with a Content-Security-Policy must allow 'wasm-unsafe-eval'.",
      { cause },
    );
  }
  return compiled;
}
