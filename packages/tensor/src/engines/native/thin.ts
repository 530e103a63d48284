// Products of one row, as decoding makes them: they are as fast as the weight can be read.
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
const DOTS = `void (${Array(8).fill("uintptr_t").join(", ")})`;
const SUMS = `void (${Array(10).fill("uintptr_t").join(", ")})`;
type Code = (...numbers: number[]) => void;

/** Products of one row in float32 that WebAssembly calls from within attention. */
export function nativeThinLoops(
  at: (address: number) => number,
  { vectorBits, dots, sums }: ThinCode,
  callable: ThinProduct["callable"],
): Pick<NativeLoops, "thinDots" | "thinSums"> {
  const multiply = callable(dots.float32, DOTS);
  const add = callable(sums.float32, SUMS);
  const lanes = vectorBits / 32;
  return {
    thinDots(x, weight, stride, out, rows, depth) {
      const [steps, groups, last] = [depth / DEPTH, Math.floor(rows / WEIGHT_ROWS), rows - WEIGHT_ROWS];
      const [from, to] = [at(weight), at(out)];
      multiply(at(x), from, stride, to, steps, steps, 1, groups);
      // The last rows overlap those before.
      if (rows % WEIGHT_ROWS) {
        multiply(at(x), from + last * stride, stride, to + 4 * last, steps, steps, 1, 1);
      }
    },
    thinSums(x, weight, stride, out, depth, columns) {
      add(at(x), at(weight), stride, at(out), columns / lanes, depth, depth, 1, 0, 0);
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

/** The arguments of `gemm`. */
export type Product = [
  ...[a: number, lda: number, transposeA: boolean, b: number, ldb: number, transposeB: boolean],
  ...[c: number, ldc: number, m: number, n: number, k: number, accumulate: boolean],
  ...[bias: number, activation: number, pre: number, residual: number],
  ...[scratch: number, storage: number, scales: number],
];

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
  const byStorage = (code: Record<"float32" | "bfloat16", number>, prototype: string) =>
    new Map<number, Code>(
      (["float32", "bfloat16"] as const).map((stored) => [
        STORAGE[stored],
        callable(code[stored], prototype),
      ]),
    );
  const dots = byStorage(code.dots, DOTS);
  const sums = byStorage(code.sums, SUMS);
  const lanes = code.vectorBits / 32;

  return (...args) => {
    const [a, lda, transposeA, b, ldb, transposeB, c, ldc, m, n, k, accumulate, ...behind] = args as Product;
    const [bias, activation, pre, residual, scratch, storage, scales] = behind;
    const size = 4 >> storage;
    const step = passDepth(k, most);
    const passes = Math.ceil(k / step);
    const last = k - (passes - 1) * step;
    const byRows = m === 1 && dots.get(storage);
    const byColumns = m === 1 && sums.get(storage);
    const [from, row] = [base + b, ldb * size];
    if (m >= THIN || k === 0) {
      const sizes = [m, n, k, accumulate, 0, 0, 0, 0, scratch, storage, scales] as const;
      wasm.gemm(a, lda, transposeA, b, ldb, transposeB, c, ldc, ...sizes);
    } else if (
      byRows &&
      transposeB &&
      !(transposeA || accumulate) &&
      n >= WEIGHT_ROWS &&
      k % DEPTH === 0 &&
      k >= LEAST_DEPTH
    ) {
      const groups = Math.floor(n / WEIGHT_ROWS);
      const steps = [step / DEPTH, last / DEPTH, passes] as const;
      byRows(base + a, from, row, base + c, ...steps, groups);
      // The last rows overlap those before.
      const first = n - WEIGHT_ROWS;
      if (n % WEIGHT_ROWS) byRows(base + a, from + first * row, row, base + c + 4 * first, ...steps, 1);
    } else {
      for (let j = 0; j < n; j += COLUMNS) {
        const columns = Math.min(COLUMNS, n - j);
        const to = c + 4 * j;
        if (byColumns && !(transposeA || transposeB) && columns % lanes === 0) {
          const sizes = [columns / lanes, step, last, passes, Number(accumulate), base + scratch] as const;
          byColumns(base + a, from + size * j, row, base + to, ...sizes);
          continue;
        }
        for (let p = 0; p < k; p += step) {
          const add = accumulate || p > 0;
          const pa = a + 4 * p * (transposeA ? lda : 1);
          const pb = b + size * (transposeB ? j * ldb + p : p * ldb + j);
          const sums = [add ? scratch : to, add ? columns : ldc] as const;
          const sizes = [m, columns, Math.min(step, k - p), false, 0, 0, 0, 0] as const;
          const stored = [scratch, storage, scales + 4 * p] as const;
          wasm.gemm(pa, lda, transposeA, pb, ldb, transposeB, ...sums, ...sizes, ...stored);
          if (add) wasm.copy(scratch, columns, to, ldc, m, columns, true);
        }
      }
    }
    if (bias || activation || pre || residual) epilogue(c, ldc * 4, m, n, bias, activation, pre, residual);
  };
}
