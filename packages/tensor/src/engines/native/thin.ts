// Products of few rows with a weight in bfloat16, as decoding makes them: they are as fast as the weight can be read.
import { STORAGE } from "../wasm/buffers.js";
import type { Kernels } from "../wasm/instance.js";
import { COLUMNS, thinDotsCode, WEIGHT_ROWS } from "./code/thin-dots.js";
import { thinSumsCode } from "./code/thin-sums.js";

/** Where the code is. */
export interface ThinCode {
  vectorBits: 256 | 512;
  /** For a weight whose rows are multiplied by x, and for one whose columns are. */
  dots: number;
  sums: number;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeThin(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): ThinCode {
  return { vectorBits, dots: map(thinDotsCode(vectorBits)), sums: map(thinSumsCode(vectorBits)) };
}

/** Products of fewer rows read B once: there is nothing to pack it for. */
export const THIN = 4;
/** WebAssembly takes so many rows of a weight at a time, and what is left in another way. */
const DEPTH = 4;
const PROTOTYPE = `void (${Array(9).fill("uintptr_t").join(", ")})`;

/**
 * `gemm` of assembly/gemm.ts for products that are not worth packing. Its results are WebAssembly's to the bit, where that has
 * fused multiply-adds: so it does not matter which shapes are left to it.
 */
export function nativeThin(
  wasm: Kernels,
  base: number,
  { vectorBits, ...code }: ThinCode,
  callable: (address: number, prototype: string) => (...numbers: number[]) => void,
): Kernels["gemm"] {
  const dots = callable(code.dots, PROTOTYPE);
  const sums = callable(code.sums, PROTOTYPE);

  return (...args) => {
    const [a, lda, , b, ldb, , c, ldc, m, n, k, , bias, activation, pre, residual, scratch, storage] =
      args as number[];
    const [, , transposeA, , , transposeB, , , , , , accumulate] = args as boolean[];
    const whole = transposeB
      ? n! >= WEIGHT_ROWS && k! % COLUMNS === 0 && !accumulate
      : n! % (vectorBits / 32) === 0 && k! >= DEPTH;
    if (storage !== STORAGE.bfloat16 || m! >= THIN || transposeA || !whole || n! * k! === 0) {
      wasm.gemm(...args);
      return;
    }
    const [xs, weight, out] = [base + a!, base + b!, base + c!];
    const [xStride, weightStride, outStride] = [lda! * 4, ldb! * 2, ldc! * 4];
    if (transposeB) {
      const some = (first: number, groups: number) =>
        dots(
          ...[xs, xStride, weight + first * weightStride, weightStride, out + first * 4, outStride],
          ...[m!, k!, groups],
        );
      some(0, Math.floor(n! / WEIGHT_ROWS));
      // The last rows overlap those before.
      if (n! % WEIGHT_ROWS) some(n! - WEIGHT_ROWS, 1);
    } else {
      if (!accumulate) for (let i = 0; i < m!; i++) wasm.zero(c! + i * outStride, n!);
      const vectors = n! / (vectorBits / 32);
      const rest = k! % DEPTH;
      const depth = k! - rest;
      sums(xs, xStride, weight, weightStride, out, outStride, m!, depth, vectors);
      if (rest > 0) {
        const from = [a! + depth * 4, lda!, false, b! + depth * weightStride, ldb!, false] as const;
        wasm.gemm(...from, c!, ldc!, m!, n!, rest, true, 0, 0, 0, 0, scratch!, storage, 0);
      }
    }
    if (bias || activation || pre || residual) {
      wasm.epilogue(c!, outStride, m!, n!, bias!, activation!, pre!, residual!);
    }
  };
}
