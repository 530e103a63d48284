import type { Kernels } from "../wasm/instance.js";
import { sumStep } from "./code/sum.js";
import type { Process } from "./process.js";

/** Sums in double precision: by whole steps in machine code, what is left one by one. */
export function nativeSum(
  { memory, base, vectorBits, callable }: Process,
  addresses: { plain: number; squares: number },
): Kernels["sum"] {
  const prototype = "void (uintptr_t, uintptr_t, double *)";
  const [plain, squared] = [callable(addresses.plain, prototype), callable(addresses.squares, prototype)];
  const sums = new Float64Array(vectorBits / 64);
  return (x, length, squares, out) => {
    const steps = Math.floor(length / sumStep(vectorBits));
    const done = steps * sumStep(vectorBits);
    let total = 0;
    if (steps > 0) {
      (squares ? squared : plain)(base + x, steps, sums);
      for (const sum of sums) total += sum;
    }
    for (const value of new Float32Array(memory.buffer, x + 4 * done, length - done)) {
      total += squares ? value * value : value;
    }
    new Float64Array(memory.buffer, out, 1)[0] = total;
  };
}
