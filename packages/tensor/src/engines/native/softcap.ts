import type { Kernels } from "../wasm/instance.js";
import { softcapCode, softcapConstants } from "./code/softcap.js";
import { lastLanes } from "./last-lanes.js";
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

/** The cap by whole vectors in machine code. */
export function nativeSoftcap(
  { memory, base, vectorBits, callable }: Process,
  { constants, forward }: SoftcapCode,
): Kernels["softcap"] {
  const run = callable(forward, "void (uintptr_t, uintptr_t, uintptr_t, uintptr_t, const float *)");
  const spare = callable(forward, "void (float *, float *, uintptr_t, uintptr_t, const float *)");
  const lanes = vectorBits / 32;
  const numbers = new Float32Array(2);
  return (x, out, length, cap) => {
    const vectors = Math.floor(length / lanes);
    numbers.set([2 / cap, cap]);
    if (vectors > 0) run(base + x, base + out, vectors, constants, numbers);
    lastLanes(memory, lanes, x, out, length, (values) => spare(values, values, 1, constants, numbers));
  };
}
