import type { NativeLoops } from "../wasm/instance.js";
import { softmaxBackwardCode, softmaxCode, softmaxConstants } from "./code/softmax.js";

/** Where the code is: for scores as they are, and for capped ones. */
export interface SoftmaxCode {
  constants: number;
  forward: [plain: number, capped: number];
  backward: [plain: number, capped: number];
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeSoftmax(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): SoftmaxCode {
  return {
    constants: map(softmaxConstants(vectorBits)),
    forward: [map(softmaxCode(vectorBits, false)), map(softmaxCode(vectorBits, true))],
    backward: [map(softmaxBackwardCode(vectorBits, false)), map(softmaxBackwardCode(vectorBits, true))],
  };
}

const FORWARD =
  "void (uintptr_t row, uintptr_t stride, uintptr_t rows, intptr_t first, uintptr_t end, uintptr_t bytes, uintptr_t constants, uintptr_t numbers, uintptr_t step)";
const BACKWARD =
  "void (uintptr_t row, uintptr_t stride, uintptr_t rows, intptr_t first, uintptr_t end, uintptr_t bytes, uintptr_t constants, uintptr_t numbers, uintptr_t step, uintptr_t distance)";

/** The softmax of attention's blocks and its gradient, with addresses of the WebAssembly memory. */
export function nativeSoftmax(
  at: (address: number) => number,
  { constants, ...code }: SoftmaxCode,
  callable: (address: number, prototype: string) => (...numbers: number[]) => void,
): Pick<NativeLoops, "softmaxRows" | "softmaxRowsBackward"> {
  const forward = code.forward.map((address) => callable(address, FORWARD));
  const backward = code.backward.map((address) => callable(address, BACKWARD));
  return {
    softmaxRows(row, stride, rows, first, end, bytes, numbers, capped, step) {
      forward[capped]!(at(row), stride, rows, first, end, bytes, constants, at(numbers), step);
    },
    softmaxRowsBackward(row, stride, rows, first, end, bytes, numbers, capped, distance, step) {
      backward[capped]!(at(row), stride, rows, first, end, bytes, constants, at(numbers), step, distance);
    },
  };
}
