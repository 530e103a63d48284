import type { Kernels } from "../wasm/instance.js";
import { ADAMW_NUMBERS } from "./code/adamw.js";
import type { Process } from "./process.js";

/** AdamW by whole vectors in machine code; the last few elements in WebAssembly. */
export function nativeAdamw(
  wasm: Kernels,
  { base, vectorBits, callable }: Process,
  address: number,
): Kernels["adamw"] {
  const run = callable(
    address,
    "void (uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, const float *)",
  );
  const numbers = new Float32Array(ADAMW_NUMBERS.length);
  return (...args) => {
    const [p, grad, m, v, length, rate, beta1, beta2, eps, decay, inverse, gradScale, rest1, rest2] =
      args as [
        ...[number, number, number, number, number, number, number],
        ...[number, number, number, number, number, number, number],
      ];
    const vectors = Math.floor(length / (vectorBits / 32));
    if (vectors > 0) {
      numbers.set([gradScale, beta1, rest1, beta2, rest2, inverse, eps, rate, decay]);
      run(base + p, base + grad, base + m, base + v, vectors, numbers);
    }
    const done = (vectors * vectorBits) / 32;
    if (done === length) return;
    const o = 4 * done;
    wasm.adamw(p + o, grad + o, m + o, v + o, length - done, ...args.slice(5));
  };
}
