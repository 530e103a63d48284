import type { Kernels } from "../wasm/instance.js";
import { bfloat16Code, ORDER, type Pairs, WORDS } from "./code/bfloat16.js";
import type { Packing } from "./gemm.js";

/** Where the code is. */
export type Bfloat16Code = Record<Pairs | "order", number>;

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeBfloat16(map: (bytes: Uint8Array) => number): Bfloat16Code {
  return {
    neighbours: map(bfloat16Code("neighbours")),
    rows: map(bfloat16Code("rows")),
    order: map(ORDER),
  };
}

/** Columns that are rounded before they are packed: they stay in the second-level cache. */
const AT_ONCE = 256;
const PROTOTYPE = `void (${Array(10).fill("uintptr_t").join(", ")})`;

/** Bytes of a row of so many words: whole vectors, and one for what is left. */
const rowBytes = (words: number) => (Math.floor(words / WORDS) + 1) * WORDS * 4;
/** The mask of the first `count` lanes, if there are any. */
const lanes = (count: number) => 2 ** Math.min(WORDS, Math.max(0, count)) - 1;
const ALL = lanes(WORDS);

/** Packs words of two numbers in bfloat16, neighbours in the sum: machine code rounds them, WebAssembly lays them out. */
export function bfloat16Packing(
  wasm: Kernels,
  base: number,
  code: Bfloat16Code,
  callable: (address: number, prototype: string) => (...numbers: number[]) => void,
): Packing {
  const neighbours = callable(code.neighbours, PROTOTYPE);
  const rows = callable(code.rows, PROTOTYPE);

  /** The words of a matrix (k, n): two rows make one of words. */
  const joinRows = (from: number, stride: number, k: number, n: number, to: number) => {
    const [bytes, vectors, rest] = [rowBytes(n), Math.floor(n / WORDS), lanes(n % WORDS)];
    const pairs = Math.floor(k / 2);
    const last = from + pairs * 2 * stride;
    if (pairs > 0) {
      rows(base + from, 2 * stride, base + to, bytes, pairs, vectors, rest, ALL, rest, code.order);
    }
    if (k % 2) {
      rows(base + last, 2 * stride, base + to + pairs * bytes, bytes, 1, vectors, rest, 0, 0, code.order);
    }
  };
  /** The words of a matrix (n, k): two neighbours make one. */
  const joinNeighbours = (from: number, stride: number, k: number, n: number, to: number) => {
    const rest = k % (2 * WORDS);
    const masks = [lanes(rest), ALL, lanes(rest - WORDS)];
    const vectors = Math.floor(k / 2 / WORDS);
    neighbours(base + from, stride, base + to, rowBytes(k / 2), n, vectors, ...masks, code.order);
  };

  const wordBytes = (depth: number) => Math.max(AT_ONCE * rowBytes(depth), depth * rowBytes(AT_ONCE));

  return {
    perWord: 2,
    scratch: ({ depth }) => wordBytes(depth) + 2 * depth * AT_ONCE * 4,
    pack(from, stride, transposed, k, n, width, to, storage, scales, scratch) {
      const words = Math.ceil(k / 2);
      const most = Math.floor(AT_ONCE / width) * width;
      for (let j = 0; j < n; j += most) {
        const columns = Math.min(most, n - j);
        const join = transposed ? joinNeighbours : joinRows;
        const at = from + j * (transposed ? stride : 4 >> storage);
        if (storage) {
          const [rows, numbers] = transposed ? [columns, k] : [k, columns];
          const floats = scratch + wordBytes(words);
          wasm.widen(at, stride, floats, numbers * 4, rows, numbers, storage, scales);
          join(floats, numbers * 4, k, columns, scratch);
        } else join(at, stride, k, columns, scratch);
        const bytes = rowBytes(transposed ? k / 2 : columns);
        wasm.pack(scratch, bytes, transposed, words, columns, width, to + j * words * 4, 0, 0);
      }
    },
  };
}
