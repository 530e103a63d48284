import type { Kernels } from "../wasm/instance.js";
import { softcapCode, softcapConstants } from "./code/softcap.js";
import type { Process } from "./process.js";

/** Where the code is. */
export interface SoftcapCode {
  constants: number;
  forward: number;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeSoftcap(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): SoftcapCode {
  return { constants: map(softcapConstants(vectorBits)), forward: map(softcapCode(vectorBits)) };
}

/** The cap by whole vectors in machine code; the last few elements in WebAssembly. */
export function nativeSoftcap(
  wasm: Kernels,
  { base, vectorBits, callable }: Process,
  { constants, forward }: SoftcapCode,
): Kernels["softcap"] {
  const run = callable(forward, "void (uintptr_t, uintptr_t, uintptr_t, uintptr_t, const float *)");
  const numbers = new Float32Array(2);
  return (x, out, length, cap) => {
    const vectors = Math.floor(length / (vectorBits / 32));
    numbers.set([2 / cap, cap]);
    if (vectors > 0) run(base + x, base + out, vectors, constants, numbers);
    const done = (vectors * vectorBits) / 32;
    if (done < length) wasm.softcap(x + 4 * done, out + 4 * done, length - done, cap);
  };
}
