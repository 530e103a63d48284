// The matrix product around the machine code of gemm-code.ts: blocks that fit the caches are packed by WebAssembly,
// multiplied by machine code, and finished by `epilogue`, all in the same memory.
import type { Kernels } from "../wasm/instance.js";
import { columnsOf, GEMM_ARGUMENTS, type Tile } from "./code/gemm.js";
import type { Processor } from "./machine.js";
import { passDepth } from "./passes.js";
import { type Product, THIN } from "./thin.js";

/** Columns of B in a block, about: what was packed of A is used for so many, and B's block stays in the third-level cache. */
const BLOCK_COLUMNS = 3072;
/** Where rows of A are few, a block of B is not read often: it shall stay in the second-level cache, which is nearer. */
const FEW = { rows: 512, columns: 768 };
/** Products of fewer multiply-adds than this are not packed: packing and calling would cost more than they gain. */
const SMALL = 16 * 16 * 16;

/** How a product is cut into blocks that fit the caches. */
export interface Blocks {
  rows: number;
  columns: number;
  depth: number;
}

/** A panel of B takes two thirds of the first-level cache, a block of A a quarter of the second-level one. */
export function blocksFor(
  tile: Tile,
  { firstLevel, secondLevel }: Pick<Processor, "firstLevel" | "secondLevel">,
): Blocks {
  const columns = columnsOf(tile);
  const depth = Math.max(64, Math.floor((firstLevel * 2) / 3 / columns / 4 / 32) * 32);
  const rows = Math.max(1, Math.floor(secondLevel / 4 / depth / 4 / tile.rows)) * tile.rows;
  return { rows, columns: Math.floor(BLOCK_COLUMNS / columns) * columns, depth };
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** How panels are packed, of words that the code multiplies: `perWord` numbers each, neighbours in the sum. */
export interface Packing {
  perWord: 1 | 2;
  /** Bytes of scratch for blocks whose depth counts words. */
  scratch(blocks: Blocks): number;
  /** `pack` of assembly/gemm.ts. */
  pack(...args: [...Parameters<Kernels["pack"]>, scratch: number]): void;
}

/** A word is a float. */
export const floatPacking = (wasm: Kernels): Packing => ({
  perWord: 1,
  scratch: () => 0,
  pack: (...args) => wasm.pack(...(args.slice(0, 9) as Parameters<Kernels["pack"]>)),
});

/** Places in the scratch memory: the arguments of the code, packed A and B, tiles that reach over the border, and packing. */
function layout(
  tile: Tile,
  { rows, columns, depth }: Blocks,
  packing: number,
): { a: number; b: number; right: number; bottom: number; packing: number; size: number } {
  const a = align(GEMM_ARGUMENTS.length * 8);
  const b = a + align(rows * depth * 4);
  const right = b + align(columns * depth * 4);
  const bottom = right + align(rows * columnsOf(tile) * 4);
  const end = bottom + align(tile.rows * columns * 4);
  return { a, b, right, bottom, packing: end, size: end + align(packing) };
}

/** Bytes of scratch: WebAssembly's product gets the same. */
export function nativeGemmScratch(wasm: Kernels, tile: Tile, blocks: Blocks, packing: Packing): number {
  return align(Math.max(layout(tile, blocks, packing.scratch(blocks)).size, wasm.gemmScratch()));
}

/** How the blocks are multiplied, and finished. */
export interface NativeProduct {
  tile: Tile;
  blocks: Blocks;
  packing: Packing;
  run: (args: number) => void;
  epilogue: Kernels["epilogue"];
  /** Does what is not worth packing. */
  small: Kernels["gemm"];
  /** Does products of some rows: false where it leaves them. */
  batch: (...args: Product) => boolean;
}

/** `gemm` of assembly/gemm.ts, with the same arguments. */
export function nativeGemm(
  wasm: Kernels,
  memory: WebAssembly.Memory,
  base: number,
  { tile, blocks, packing, run, epilogue, small, batch }: NativeProduct,
): Kernels["gemm"] {
  const places = layout(tile, blocks, packing.scratch(blocks));
  const tileColumns = columnsOf(tile);
  let words = new Uint32Array(memory.buffer);

  /** Calls the code. Addresses are the memory's own, strides in bytes. */
  const multiply = (
    scratch: number,
    depth: number,
    a: number,
    b: number,
    c: number,
    cStride: number,
    rowTiles: number,
    columnTiles: number,
    accumulate: boolean,
  ) => {
    if (rowTiles === 0 || columnTiles === 0) return;
    let at = scratch >>> 2;
    for (const value of [
      depth,
      base + a,
      base + b,
      base + c,
      cStride,
      rowTiles,
      columnTiles,
      Number(accumulate),
    ]) {
      words[at++] = value % 0x1_0000_0000;
      words[at++] = value / 0x1_0000_0000;
    }
    run(base + scratch);
  };

  return (...args) => {
    const [a, lda, , b, ldb, , c, ldc, m, n, k, , bias, activation, pre, residual, scratch, storage, scales] =
      args as number[];
    const [, , transposeA, , , transposeB, , , , , , accumulate] = args as boolean[];
    if (m! * n! * k! >= SMALL && batch(...(args as Product))) return;
    if (m! < THIN || (m! * n! * k! < SMALL && k! <= blocks.depth)) {
      small(...args);
      return;
    }
    if (words.buffer !== memory.buffer) words = new Uint32Array(memory.buffer);
    const size = 4 >> storage!;
    const [aBytes, bBytes, cBytes] = [lda! * 4, ldb! * size, ldc! * 4];
    const packedA = scratch! + places.a;
    const packedB = scratch! + places.b;
    const right = scratch! + places.right;
    const bottom = scratch! + places.bottom;
    const spare = scratch! + places.packing;
    const unfinished = bias || activation || pre || residual;
    const step = passDepth(k!, blocks.depth * packing.perWord);

    const most = m! <= FEW.rows ? Math.min(FEW.columns, blocks.columns) : blocks.columns;
    for (let j = 0; j < n!; j += most) {
      const columns = Math.min(most, n! - j);
      const fullColumns = Math.floor(columns / tileColumns);
      const lastColumns = columns - fullColumns * tileColumns;
      for (let p = 0; p < k!; p += step) {
        const numbers = Math.min(step, k! - p);
        const depth = Math.ceil(numbers / packing.perWord);
        const add = !!accumulate || p > 0;
        const fromB = b! + (transposeB ? j * bBytes + p * size : p * bBytes + j * size);
        const stored = [storage!, scales! + p * 4] as const;
        packing.pack(fromB, bBytes, !!transposeB, numbers, columns, tileColumns, packedB, ...stored, spare);
        const lastPanel = packedB + fullColumns * tileColumns * depth * 4;
        for (let i = 0; i < m!; i += blocks.rows) {
          const rows = Math.min(blocks.rows, m! - i);
          const fullRows = Math.floor(rows / tile.rows);
          const lastRows = rows - fullRows * tile.rows;
          const fromA = a! + (transposeA ? p * aBytes + i * 4 : i * aBytes + p * 4);
          packing.pack(fromA, aBytes, !transposeA, numbers, rows, tile.rows, packedA, 0, 0, spare);
          const to = c! + i * cBytes + j * 4;
          multiply(scratch!, depth, packedA, packedB, to, cBytes, fullRows, fullColumns, add);
          if (lastRows > 0) {
            const stride = columns * 4;
            const lastA = packedA + fullRows * tile.rows * depth * 4;
            const wide = fullColumns * tileColumns;
            multiply(scratch!, depth, lastA, packedB, bottom, stride, 1, fullColumns, false);
            const under = to + fullRows * tile.rows * cBytes;
            if (wide > 0) wasm.copy(bottom, columns, under, ldc!, lastRows, wide, add);
          }
          if (lastColumns > 0) {
            const tiles = fullRows + (lastRows > 0 ? 1 : 0);
            multiply(scratch!, depth, packedA, lastPanel, right, tileColumns * 4, tiles, 1, false);
            wasm.copy(right, tileColumns, to + fullColumns * tileColumns * 4, ldc!, rows, lastColumns, add);
          }
          if (unfinished && p + numbers >= k!) {
            const o = to - c!;
            const biases = bias && bias + j * 4;
            const [kept, added] = [pre && pre + o, residual && residual + o];
            epilogue(to, cBytes, rows, columns, biases!, activation!, kept!, added!);
          }
        }
      }
    }
  };
}
