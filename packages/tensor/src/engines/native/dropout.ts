import type { NativeLoops } from "../wasm/instance.js";
import { dropoutCode, dropoutConstants } from "./code/dropout.js";

/** Where the code is. */
export interface DropoutCode {
  constants: number;
  rows: number;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeDropout(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): DropoutCode {
  return { constants: map(dropoutConstants(vectorBits)), rows: map(dropoutCode(vectorBits)) };
}

/** Dropout of attention's blocks, with addresses of the WebAssembly memory. */
export function nativeDropout(
  at: (address: number) => number,
  code: DropoutCode,
  callable: (address: number, prototype: string) => (...numbers: number[]) => void,
): Pick<NativeLoops, "dropRows"> {
  const run = callable(
    code.rows,
    "void (uintptr_t row, uintptr_t stride, uintptr_t rows, uintptr_t bytes, uintptr_t numbers, uintptr_t constants, uint32_t index)",
  );
  return {
    dropRows(row, stride, rows, bytes, dropped, index) {
      run(at(row), stride, rows, bytes, at(dropped), code.constants, index >>> 0);
    },
  };
}
