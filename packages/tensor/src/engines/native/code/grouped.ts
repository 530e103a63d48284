import { GROUP, type GroupBits, PANEL, panelsOf } from "../../../groups.js";
import { Assembler } from "../assembler/assembler.js";
import {
  at,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
  RSP,
} from "../assembler/operand.js";

/** The lower half of each byte. */
const LOWER = 0x0f0f0f0f;
/** Bytes of 4 columns of a panel: a vector. */
const CHUNK = 4 * PANEL;

/**
 * Code for `void multiply(x, weight, start, out, outStride, tiles, blocks, panels)` in the System V calling convention, for
 * processors with products of bytes in 512 bits: out[r, 16 panels] = start + x W', in the layout of src/groups.ts, for
 * `tiles` of `tile` rows of x as `quantizeGroupInput` writes them. `outStride` is in bytes; where `start` is 0, sums begin with 0.
 *
 * Each row of the panel has a lane: 4 numbers of x go to all of them, and each product of a group is exact. Floats are multiplied
 * and added one after the other, with two roundings, as engines do without fused operations. The weight is read from its
 * beginning to its end: the processor sees what comes, and asking the cache for it would be slower.
 */
export function groupedCode(bits: GroupBits, tile: number): Uint8Array<ArrayBuffer> {
  const code = new Assembler(512);
  const { bytes } = panelsOf(1, 1, bits);
  const scaleBytes = 2 * PANEL;
  const [x, weight, start, out, outStride, tiles] = [RDI, RSI, RDX, RCX, R8, R9];
  const [weightAt, xAt, outAt, left, blocks, panels, tilesLeft] = [R10, R11, R12, RAX, RBX, R13, RBP];
  /** Vector registers: a sum and a dot for each row of x, then what they share. */
  const sum = (row: number) => row;
  const dot = (row: number) => tile + row;
  const [scales, lower, chunk, upper] = [2 * tile, 2 * tile + 1, 2 * tile + 2, 2 * tile + 3];
  const factor = chunk;
  const rows = Array.from({ length: tile }, (_, row) => row);
  /** Where row `row` of the tile has its numbers from this column on, its scale, and what its dots begin with. */
  const numbers = (row: number, column: number) => at(xAt, row * GROUP + column);
  const scale = (row: number) => at(xAt, tile * GROUP + 4 * row);
  const first = (row: number) => at(xAt, tile * (GROUP + 4) + 4 * row);

  code.enter(RBX, RBP, R12, R13);
  if (bits === 4) {
    code.pushConstant(LOWER);
    code.broadcast(lower, at(RSP));
    code.pop(RAX);
  }
  code.move(blocks, code.argument(6));
  code.move(panels, code.argument(7));

  code.label("panel");
  code.move(xAt, x);
  code.move(outAt, out);
  code.move(tilesLeft, tiles);
  code.label("tile");
  code.move(weightAt, weight);
  for (const row of rows) code.zero(sum(row));
  code.test(start);
  code.jump("z", "begin");
  for (const row of rows) code.vectorLoad(sum(row), at(start));
  code.label("begin");
  code.move(left, blocks);

  code.label("block");
  code.widenHalves(scales, at(weightAt));
  for (const row of rows) code.broadcast(dot(row), first(row));
  for (let column = 0; column < (GROUP * bits) / 8; column += 4) {
    const place = scaleBytes + (column / 4) * CHUNK;
    code.vectorLoad(chunk, at(weightAt, place));
    if (bits === 4) {
      code.shiftLanesRight(upper, chunk, 4);
      code.and(chunk, chunk, lower);
      code.and(upper, upper, lower);
    }
    for (const row of rows) code.dotBytesSpread(dot(row), chunk, numbers(row, column));
    if (bits === 8) continue;
    for (const row of rows) code.dotBytesSpread(dot(row), upper, numbers(row, column + 16));
  }
  for (const row of rows) {
    code.toFloats(dot(row), dot(row));
    code.multiplySpread(factor, scales, scale(row));
    code.vectorMultiply(dot(row), dot(row), factor);
    code.vectorAdd(sum(row), sum(row), dot(row));
  }
  code.addConstant(weightAt, bytes);
  code.addConstant(xAt, tile * (GROUP + 8));
  code.decrement(left);
  code.jump("nz", "block");

  for (const row of rows) {
    code.vectorStore(at(outAt), sum(row));
    code.add(outAt, outStride);
  }
  code.decrement(tilesLeft);
  code.jump("nz", "tile");

  code.move(weight, weightAt);
  code.addConstant(out, 4 * PANEL);
  code.test(start);
  code.jump("z", "next");
  code.addConstant(start, 4 * PANEL);
  code.label("next");
  code.decrement(panels);
  code.jump("nz", "panel");
  return code.finish();
}
