// Products of few rows, as decoding makes them: they are as fast as the weight can be read.
import { STORAGE } from "../wasm/buffers.js";
import type { Kernels, NativeLoops } from "../wasm/instance.js";
import { DEPTH, LEAST_DEPTH, thinDotsCode, WEIGHT_ROWS } from "./code/thin-dots.js";
import { thinSumsCode } from "./code/thin-sums.js";
import { passDepth } from "./passes.js";

/** Where the code is. */
export interface ThinCode {
  vectorBits: 256 | 512;
  /** For a weight whose rows are multiplied by x, by how it is stored. */
  dots: { float32: number; bfloat16: number };
  /** For one whose columns are. */
  sums: { float32: number; bfloat16: number };
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeThin(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): ThinCode {
  const dots = (stored: "float32" | "bfloat16") => map(thinDotsCode(stored));
  return {
    vectorBits,
    dots: { float32: dots("float32"), bfloat16: dots("bfloat16") },
    sums: {
      float32: map(thinSumsCode(vectorBits, "float32")),
      bfloat16: map(thinSumsCode(vectorBits, "bfloat16")),
    },
  };
}

/** Products of fewer rows read B once: there is nothing to pack it for. */
export const THIN = 4;
/** Columns of the result at a time, so that the sums of a pass fit the scratch memory. */
const COLUMNS = 4096;
const addresses = (count: number) => `void (${Array(count).fill("uintptr_t").join(", ")})`;

/** Products of one row in float32 that WebAssembly calls from within attention. */
export function nativeThinLoops(
  at: (address: number) => number,
  { vectorBits, dots, sums }: ThinCode,
  callable: ThinProduct["callable"],
): Pick<NativeLoops, "thinDots" | "thinSums"> {
  const multiply = callable(dots.float32, addresses(11));
  const add = callable(sums.float32, addresses(9));
  return {
    thinDots(x, weight, stride, out, rows, depth) {
      const steps = depth / DEPTH;
      const some = (first: number, groups: number) =>
        multiply(
          ...[at(x), 0, at(weight) + first * stride, stride, at(out) + 4 * first, 0],
          ...[1, steps, steps, 1, groups],
        );
      some(0, Math.floor(rows / WEIGHT_ROWS));
      // The last rows overlap those before.
      if (rows % WEIGHT_ROWS) some(rows - WEIGHT_ROWS, 1);
    },
    thinSums(x, weight, stride, out, depth, columns) {
      add(at(x), 0, at(weight), stride, at(out), 0, 1, depth, columns / (vectorBits / 32));
    },
  };
}

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
  const byStorage = (code: Record<"float32" | "bfloat16", number>, count: number) =>
    new Map<number, (...numbers: number[]) => void>(
      (["float32", "bfloat16"] as const).map((stored) => [
        STORAGE[stored],
        callable(code[stored], addresses(count)),
      ]),
    );
  const dots = byStorage(code.dots, 11);
  const sums = byStorage(code.sums, 9);
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
      const add = sums.get(storage!);
      if (add && !transposeA && !transposeB && columns % lanes === 0) {
        for (let i = 0; i < m!; i++) wasm.zero(to + 4 * i * ldTo, columns);
        const from = [base + x, lda! * 4, base + weight, ldb! * size] as const;
        add(...from, base + to, ldTo * 4, m!, numbers, columns / lanes);
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
