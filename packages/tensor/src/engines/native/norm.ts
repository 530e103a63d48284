import type { Kernels } from "../wasm/instance.js";
import { rowEnd } from "./code/masked-row.js";
import { normBackwardCode, normCode } from "./code/norm.js";
import type { Process } from "./process.js";

/** Where the code is: all of it is for at least one row. */
export interface NormCode {
  rowEnd: number;
  norm: number;
  residualNorm: number;
  backward: number;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeNorms(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): NormCode {
  return {
    rowEnd: map(rowEnd(vectorBits)),
    norm: map(normCode(vectorBits, false)),
    residualNorm: map(normCode(vectorBits, true)),
    backward: map(normBackwardCode(vectorBits)),
  };
}

const COMMON =
  "uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, const float *";

/** LayerNorm and RMSNorm in machine code. */
export function nativeNorms(
  wasm: Kernels,
  { base, callable }: Process,
  code: NormCode,
): Pick<Kernels, "norm" | "residualNorm" | "normBackward"> {
  const norm = callable(code.norm, `void (${COMMON})`);
  const residualNorm = callable(code.residualNorm, `void (${COMMON}, uintptr_t, uintptr_t)`);
  const backward = callable(code.backward, `void (${COMMON}, uintptr_t, uintptr_t, uintptr_t)`);
  /** An address in the process, or 0 for none. */
  const place = (address: number) => address && base + address;
  const numbers = new Float32Array(3);
  const given = (columns: number, eps: number) => {
    numbers.set([1, columns, eps]);
    return numbers;
  };
  return {
    norm(...args) {
      const [x, gain, bias, out, mean, rstd, rows, columns, eps] = args as Nine;
      if (rows === 0) return;
      norm(
        ...[base + x, place(gain), place(bias), base + out, place(mean), base + rstd],
        ...[rows, columns, code.rowEnd, given(columns, eps)],
      );
    },
    residualNorm(...args) {
      const [x, residual, sum, gain, bias, out, mean, rstd, rows, columns, eps] = args as [
        ...Nine,
        number,
        number,
      ];
      if (rows === 0) return;
      residualNorm(
        ...[base + x, place(gain), place(bias), base + out, place(mean), base + rstd],
        ...[rows, columns, code.rowEnd, given(columns, eps), base + residual, base + sum],
      );
    },
    normBackward(...args) {
      const [x, gain, mean, rstd, dOut, dX, dGain, dBias, rows, columns, accumulate] = args as [
        ...Nine,
        number,
        number,
      ];
      if (dGain && !(accumulate & 2)) wasm.zero(dGain, columns);
      if (dBias && !(accumulate & 4)) wasm.zero(dBias, columns);
      if (rows === 0) return;
      backward(
        ...[base + x, place(gain), place(mean), base + rstd, base + dOut, place(dX)],
        ...[rows, columns, code.rowEnd, given(columns, 0), place(dGain), place(dBias), accumulate & 1],
      );
    },
  };
}

type Nine = [number, number, number, number, number, number, number, number, number];
