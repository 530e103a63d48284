import type { Kernels } from "../wasm/instance.js";
import { logitConstants, softmaxRowsBackwardCode, softmaxRowsCode } from "./code/softmax-rows.js";
import type { Process } from "./process.js";

/** Where the code is: all of it is for at least one row. */
export interface SoftmaxRowsCode {
  constants: number;
  forward: number;
  backward: number;
  backwardAdded: number;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeSoftmaxRows(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): SoftmaxRowsCode {
  return {
    constants: map(logitConstants(vectorBits)),
    forward: map(softmaxRowsCode(vectorBits)),
    backward: map(softmaxRowsBackwardCode(vectorBits, false)),
    backwardAdded: map(softmaxRowsBackwardCode(vectorBits, true)),
  };
}

/** Softmax over rows, outside of attention. */
export function nativeSoftmaxRows(
  { base, callable }: Process,
  code: SoftmaxRowsCode,
): Pick<Kernels, "softmax" | "softmaxBackward"> {
  const forward = callable(code.forward, "void (uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t)");
  const [stored, added] = [code.backward, code.backwardAdded].map((address) =>
    callable(address, "void (uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t)"),
  );
  return {
    softmax(x, out, rows, columns) {
      if (rows > 0) forward(base + x, base + out, rows, columns, code.constants);
    },
    softmaxBackward(y, dOut, dX, rows, columns, accumulate) {
      const run = accumulate ? added! : stored!;
      if (rows > 0) run(base + y, base + dOut, base + dX, rows, columns, code.constants);
    },
  };
}
