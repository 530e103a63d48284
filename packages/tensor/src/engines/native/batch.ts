// Products of some rows, as batches and drafts make them: more than are as fast as the weight can be read, and too few to pack it.
import { STORAGE } from "../wasm/buffers.js";
import type { Kernels } from "../wasm/instance.js";
import { batchDotsCode, type Lanes, lanesOf, weightRowsOf } from "./code/batch-dots.js";
import { BATCH_LANES, batchSumsCode } from "./code/batch-sums.js";
import { passDepth } from "./passes.js";
import type { Product, ThinProduct } from "./thin.js";

type Stored = "float32" | "bfloat16";
const STORED = ["float32", "bfloat16"] as const;

/** Where the code is. */
export interface BatchCode {
  vectorBits: 256 | 512;
  /** For a weight whose rows are multiplied by x, by how many rows of x have lanes and by how the weight is stored. */
  dots: readonly { lanes: Lanes; code: Record<Stored, number> }[];
  /** For one whose columns are. */
  sums: Record<Stored, number>;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeBatch(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): BatchCode {
  const each = (write: (stored: Stored) => Uint8Array) => ({
    float32: map(write("float32")),
    bfloat16: map(write("bfloat16")),
  });
  // Half of a wide vector would stay empty for 8 rows.
  const narrow: Lanes = { vectorBits: 256, vectors: 1 };
  const wide: Lanes = vectorBits === 512 ? { vectorBits, vectors: 1 } : { vectorBits, vectors: 2 };
  return {
    vectorBits,
    dots: [narrow, wide].map((lanes) => ({ lanes, code: each((stored) => batchDotsCode(stored, lanes)) })),
    sums: each((stored) => batchSumsCode(vectorBits, stored)),
  };
}

/** Products of more rows are faster packed. */
export const BATCH = BATCH_LANES;
/** Bytes of a result that is made, or added to, at a time: a part of a second-level cache. */
const BLOCK = 262_144;
/** Numbers between the rows of a result, which would share few places of the first-level cache a power of two apart. */
const APART = 16;
const MULTIPLY = `void (${Array(8).fill("uintptr_t").join(", ")})`;
const ADD = `void (${Array(9).fill("uintptr_t").join(", ")})`;

/**
 * `gemm` of assembly/gemm.ts for some rows: false where another way is better. A row has the bits that it has in a packed
 * product: each result is a sum by passes, in each of which one product after the other is added with one rounding.
 */
export function nativeBatch(
  wasm: Kernels,
  base: number,
  { mostRows, scratchBytes }: { mostRows: number; scratchBytes: number },
  { vectorBits, dots, sums }: BatchCode,
  { depth: most, epilogue, callable }: Omit<ThinProduct, "code">,
): (...args: Product) => boolean {
  const widths = dots.map(({ lanes, code }) => ({
    lanes: lanesOf(lanes),
    byStorage: new Map(
      STORED.map((stored) => [
        STORAGE[stored] as number,
        { run: callable(code[stored], MULTIPLY), rows: weightRowsOf(stored, lanes) },
      ]),
    ),
  }));
  const adds = new Map(STORED.map((stored) => [STORAGE[stored] as number, callable(sums[stored], ADD)]));

  const byRows = (
    ...[a, lda, transposeA, b, ldb, , c, ldc, m, n, k, , , , , , scratch, storage]: Product
  ) => {
    const { lanes, byStorage } = widths.find(({ lanes }) => m <= lanes)!;
    const code = byStorage.get(storage);
    const size = 4 >> storage;
    if (!code || n < code.rows || (size * k) % 4 !== 0) return false;
    const { run, rows } = code;
    const packed = lanes * k * 4;
    const columns = Math.floor(Math.min(BLOCK, scratchBytes - packed) / (lanes * 4) / rows) * rows;
    if (columns <= 0) return false;
    const step = passDepth(k, most);
    const passes = Math.ceil(k / step);
    const words = [step, k - (passes - 1) * step].map((numbers) => (numbers * size) / 4);
    const sumsAt = scratch + packed;
    wasm.pack(a, lda * 4, !transposeA, k, m, lanes, scratch, 0, 0);
    for (let done = 0; done < n; ) {
      // The last rows overlap those before.
      const j = Math.min(done, n - rows);
      const some = Math.min(columns, Math.floor((n - j) / rows) * rows);
      const weight = base + b + j * ldb * size;
      run(base + scratch, weight, ldb * size, base + sumsAt, words[0]!, words[1]!, passes, some / rows);
      wasm.transposeInto(sumsAt, lanes * 4, c + 4 * j, ldc * 4, some, m);
      done = j + some;
    }
    return true;
  };

  const byColumns = (
    ...[a, lda, transposeA, b, ldb, , c, ldc, m, n, k, accumulate, , , , , scratch, storage]: Product
  ) => {
    const add = adds.get(storage);
    const lanes = vectorBits / 32;
    const size = 4 >> storage;
    const packed = BATCH_LANES * k * 4;
    const columns = Math.floor((Math.min(BLOCK, scratchBytes - packed) / (m * 4) - APART) / lanes) * lanes;
    if (!add || n % lanes !== 0 || columns <= 0) return false;
    const step = passDepth(k, most);
    wasm.pack(a, lda * 4, !transposeA, k, m, BATCH_LANES, scratch, 0, 0);
    const sumsAt = scratch + packed;
    for (let j = 0; j < n; j += columns) {
      const some = Math.min(columns, n - j);
      const apart = some + APART;
      for (let p = 0; p < k; p += step) {
        const depth = Math.min(step, k - p);
        const x = base + scratch + p * BATCH_LANES * 4;
        const from = base + b + size * (p * ldb + j);
        wasm.zero(sumsAt, m * apart);
        add(x, from, ldb * size, base + sumsAt, apart * 4, m, some / lanes, depth >> 3, depth & 7);
        wasm.copy(sumsAt, apart, c + 4 * j, ldc, m, some, accumulate || p > 0);
      }
    }
    return true;
  };

  return (...args) => {
    const [, , , , , transposeB, c, ldc, m, n, k, accumulate, bias, activation, pre, residual] = args;
    if (m < 2 || m > mostRows || k === 0 || (transposeB && accumulate)) return false;
    if (!(transposeB ? byRows(...args) : byColumns(...args))) return false;
    if (bias || activation || pre || residual) epilogue(c, ldc * 4, m, n, bias, activation, pre, residual);
    return true;
  };
}
