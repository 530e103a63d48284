// Products of few rows, as decoding makes them: they are as fast as the weight can be read.
import { STORAGE } from "../wasm/buffers.js";
import type { Kernels } from "../wasm/instance.js";
import { DEPTH, LEAST_DEPTH, thinDotsCode, WEIGHT_ROWS } from "./code/thin-dots.js";
import { thinSumsCode } from "./code/thin-sums.js";
import { passDepth } from "./passes.js";

/** Where the code is. */
export interface ThinCode {
  vectorBits: 256 | 512;
  /** For a weight whose rows are multiplied by x, by how it is stored. */
  dots: { float32: number; bfloat16: number };
  /** For one in bfloat16 whose columns are. */
  sums: number;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeThin(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): ThinCode {
  const dots = (stored: "float32" | "bfloat16") => map(thinDotsCode(stored));
  return {
    vectorBits,
    dots: { float32: dots("float32"), bfloat16: dots("bfloat16") },
    sums: map(thinSumsCode(vectorBits)),
  };
}

/** Products of fewer rows read B once: there is nothing to pack it for. */
export const THIN = 4;
/** Columns of the result at a time, so that the sums of a pass fit the scratch memory. */
const COLUMNS = 4096;
const addresses = (count: number) => `void (${Array(count).fill("uintptr_t").join(", ")})`;

/** What products that are not packed are made with. */
export interface ThinProduct {
  code: ThinCode;
  /** The deepest pass of a packed product. */
  depth: number;
  epilogue: Kernels["epilogue"];
  callable: (address: number, prototype: string) => (...numbers: number[]) => void;
}

/**
 * `gemm` of assembly/gemm.ts for products that are not worth packing. A row has the bits that it has in a packed product: each
 * result is a sum by passes, in each of which one product after the other is added with one rounding. WebAssembly adds up so
 * too, where it has fused multiply-adds, so it does not matter which shapes are left to it.
 */
export function nativeThin(
  wasm: Kernels,
  base: number,
  { code, depth: most, epilogue, callable }: ThinProduct,
): Kernels["gemm"] {
  const dots = new Map<number, (...numbers: number[]) => void>(
    (["float32", "bfloat16"] as const).map((stored) => [
      STORAGE[stored],
      callable(code.dots[stored], addresses(11)),
    ]),
  );
  const sums = callable(code.sums, addresses(9));
  const lanes = code.vectorBits / 32;
  const none = [0, 0, 0, 0] as const; // bias, activation, value before it, residual

  return (...args) => {
    const [a, lda, , b, ldb, , c, ldc, m, n, k, , bias, activation, pre, residual, scratch, storage, scales] =
      args as number[];
    const [, , transposeA, , , transposeB, , , , , , accumulate] = args as boolean[];
    const size = 4 >> storage!;
    const step = passDepth(k!, most);

    /** All of it where x and the weight are multiplied row by row. */
    const multiplyRows = (run: (...numbers: number[]) => void) => {
      const passes = Math.ceil(k! / step);
      const steps = [step / DEPTH, (k! - (passes - 1) * step) / DEPTH, passes] as const;
      const some = (first: number, groups: number) =>
        run(
          ...[base + a!, lda! * 4, base + b! + first * ldb! * size, ldb! * size, base + c! + first * 4],
          ...[ldc! * 4, m!, ...steps, groups],
        );
      some(0, Math.floor(n! / WEIGHT_ROWS));
      // The last rows overlap those before.
      if (n! % WEIGHT_ROWS) some(n! - WEIGHT_ROWS, 1);
    };

    /** One pass for some columns of the result. */
    const multiplyPass = (
      p: number,
      numbers: number,
      j: number,
      columns: number,
      to: number,
      ldTo: number,
    ) => {
      const x = a! + 4 * p * (transposeA ? lda! : 1);
      const weight = b! + size * (transposeB ? j * ldb! + p : p * ldb! + j);
      if (storage === STORAGE.bfloat16 && !transposeA && !transposeB && columns % lanes === 0) {
        for (let i = 0; i < m!; i++) wasm.zero(to + 4 * i * ldTo, columns);
        const from = [base + x, lda! * 4, base + weight, ldb! * size] as const;
        sums(...from, base + to, ldTo * 4, m!, numbers, columns / lanes);
        return;
      }
      const stored = [scratch!, storage!, scales! + 4 * p] as const;
      const [left, right] = [[x, lda!, transposeA!] as const, [weight, ldb!, transposeB!] as const];
      wasm.gemm(...left, ...right, to, ldTo, m!, columns, numbers, false, ...none, ...stored);
    };

    const byRows = dots.get(storage!);
    const fits = transposeB && !transposeA && !accumulate && n! >= WEIGHT_ROWS;
    if (m! >= THIN || k === 0) {
      const product = [...args];
      product.fill(0, 12, 16);
      wasm.gemm(...(product as Parameters<Kernels["gemm"]>));
    } else if (byRows && fits && k! % DEPTH === 0 && k! >= LEAST_DEPTH) {
      if (m! > 0) multiplyRows(byRows);
    } else {
      for (let j = 0; j < n!; j += COLUMNS) {
        const columns = Math.min(COLUMNS, n! - j);
        const to = c! + 4 * j;
        for (let p = 0; p < k!; p += step) {
          const add = accumulate || p > 0;
          const numbers = Math.min(step, k! - p);
          multiplyPass(p, numbers, j, columns, add ? scratch! : to, add ? columns : ldc!);
          if (add) wasm.copy(scratch!, columns, to, ldc!, m!, columns, true);
        }
      }
    }
    if (bias || activation || pre || residual) {
      epilogue(c!, ldc! * 4, m!, n!, bias!, activation!, pre!, residual!);
    }
  };
}
