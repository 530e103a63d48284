import { Assembler } from "../assembler/assembler.js";
import {
  at,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
} from "../assembler/operand.js";

/** The shape of the block of results that stays in registers: `rows` times `vectors` vector registers. */
export interface Tile {
  vectorBits: 256 | 512;
  rows: number;
  vectors: number;
}

/** Columns of a tile. */
export function columnsOf({ vectorBits, vectors }: Tile): number {
  return (vectors * vectorBits) / 32;
}

/** What products are made of: floats, or bfloat16 with two factors of a sum in the place of one float. */
export type Inputs = "float32" | "bfloat16";

/** The arguments of the code, 64 bits each, in the block of memory that its one argument points to. */
export const GEMM_ARGUMENTS = [
  "depth",
  "a",
  "b",
  "c",
  "cStride",
  "rowTiles",
  "columnTiles",
  "accumulate",
] as const;
const field = (name: (typeof GEMM_ARGUMENTS)[number]) => at(RDI, GEMM_ARGUMENTS.indexOf(name) * 8);

/** Steps of the inner loop that are written out. */
const UNROLLED = 4;

/**
 * Code for `void gemm(arguments*)` in the System V calling convention: C (rowTiles * rows, columnTiles * columns) = or +=
 * A B. A lies in panels of `rows`, in a row, each `depth` times `rows` floats; B in panels of `columns` alike.
 * Strides are in bytes. With bfloat16, the word that stands for a float holds the numbers of two steps of the sum, and depth
 * counts words.
 *
 * Each step of the inner loop loads a row of B's panel, spreads one number of A after the other over a register, and adds
 * their products to the tile: the tile's registers are all that a step writes.
 */
export function gemmCode(tile: Tile, inputs: Inputs = "float32"): Uint8Array<ArrayBuffer> {
  const { vectorBits, rows, vectors } = tile;
  const code = new Assembler(vectorBits);
  const multiplyAdd = inputs === "bfloat16" ? "dotBfloat16" : "multiplyAdd";
  const bytes = vectorBits / 8;
  const sum = (row: number, vector: number) => row * vectors + vector;
  const rowOfB = (vector: number) => rows * vectors + vector;
  const firstSpread = rows * vectors + vectors;
  const spreads = vectorBits / 16 - firstSpread;
  const [depth, aPanel, aAt, bPanel, bAt, cColumn, cTile, cAt] = [RBX, RSI, RAX, R8, RCX, R9, RDX, R12];
  const [cStride, columnTiles, rowTiles, aBytes, bBytes, tileBytes] = [R13, R10, R11, R14, R15, RBP];

  code.enter(RBX, RBP, R12, R13, R14, R15);
  code.move(bPanel, field("b"));
  code.move(cColumn, field("c"));
  code.move(cStride, field("cStride"));
  code.move(columnTiles, field("columnTiles"));
  // Bytes of a panel: depth times its width.
  multiply(code, aBytes, field("depth"), rows * 4);
  multiply(code, bBytes, field("depth"), columnsOf(tile) * 4);
  multiply(code, tileBytes, field("cStride"), rows);

  code.label("columns");
  code.move(aPanel, field("a"));
  code.move(cTile, cColumn);
  code.move(rowTiles, field("rowTiles"));

  code.label("rows");
  code.move(aAt, aPanel);
  code.move(bAt, bPanel);
  code.move(cAt, cTile);
  for (let row = 0; row < rows; row++) {
    for (let line = 0; line < vectors * bytes; line += 64) code.prefetch(at(cAt, line));
    code.add(cAt, cStride);
    for (let vector = 0; vector < vectors; vector++) code.zero(sum(row, vector));
  }
  const step = (k: number) => {
    for (let vector = 0; vector < vectors; vector++) {
      code.vectorLoad(rowOfB(vector), at(bAt, (k * vectors + vector) * bytes));
    }
    for (let row = 0; row < rows; row++) {
      const spread = firstSpread + (row % spreads);
      code.broadcast(spread, at(aAt, (k * rows + row) * 4));
      for (let vector = 0; vector < vectors; vector++) {
        code[multiplyAdd](sum(row, vector), spread, rowOfB(vector));
      }
    }
  };
  const advance = (steps: number) => {
    code.addConstant(aAt, steps * rows * 4);
    code.addConstant(bAt, steps * vectors * bytes);
  };
  const loop = (name: string, steps: number) => {
    code.jump("z", `${name} done`);
    code.label(name);
    for (let k = 0; k < steps; k++) step(k);
    advance(steps);
    code.decrement(depth);
    code.jump("nz", name);
    code.label(`${name} done`);
  };
  code.move(depth, field("depth"));
  code.shiftRight(depth, Math.log2(UNROLLED));
  loop("steps", UNROLLED);
  code.move(depth, field("depth"));
  code.andConstant(depth, UNROLLED - 1);
  loop("last steps", 1);

  code.move(cAt, cTile);
  code.move(depth, field("accumulate"));
  code.test(depth);
  code.jump("z", "store");
  const each = (write: (sum: number, place: ReturnType<typeof at>) => void) => {
    for (let row = 0; row < rows; row++) {
      for (let vector = 0; vector < vectors; vector++) write(sum(row, vector), at(cAt, vector * bytes));
      code.add(cAt, cStride);
    }
  };
  each((sum, place) => code.vectorAdd(sum, sum, place));
  code.move(cAt, cTile);
  code.label("store");
  each((sum, place) => code.vectorStore(place, sum));

  code.add(aPanel, aBytes);
  code.add(cTile, tileBytes);
  code.decrement(rowTiles);
  code.jump("nz", "rows");
  code.add(bPanel, bBytes);
  code.addConstant(cColumn, vectors * bytes);
  code.decrement(columnTiles);
  code.jump("nz", "columns");

  return code.finish();
}

/** to = from * factor */
function multiply(code: Assembler, to: number, from: ReturnType<typeof at>, factor: number): void {
  code.move(RAX, from);
  code.multiplyConstant(to, RAX, factor);
}
