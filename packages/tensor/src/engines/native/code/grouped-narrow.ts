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
  R14,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
  RSP,
} from "../assembler/operand.js";

/** The lower half of each byte, and the lower byte of each word. */
const LOWER = { 4: 0x0f0f0f0f, 8: 0x00ff00ff } as const;
/** 1 in each word. */
const ONES = 0x00010001;
/** A panel is two vectors wide. */
const HALVES = [0, 1] as const;
const BYTES = 32;

/**
 * The code of `groupedCode`, with the same bits, for processors without products of bytes in 512 bits. Of a tile two rows of x
 * are multiplied at a time.
 *
 * In 4 bits the processor's products of unsigned with signed bytes are added in words: those of a group fit. In 8 bits they
 * would not, so that bytes are spread to words first.
 */
export function groupedNarrowCode(bits: GroupBits, tile: number): Uint8Array<ArrayBuffer> {
  const code = new Assembler(256);
  const { bytes } = panelsOf(1, 1, bits);
  const scaleBytes = 2 * PANEL;
  const [x, weight, start, out, outStride, tiles] = [RDI, RSI, RDX, RCX, R8, R9];
  const [weightAt, xAt, outAt, left, blocks, panels] = [R10, R11, R12, RAX, RBX, R13];
  const [tilesLeft, xTile] = [RBP, R14];
  const most = Math.min(2, tile);
  const rows = Array.from({ length: most }, (_, row) => row);
  /** Vector registers: for each row of x a sum and a dot in each half, and two of its numbers; then what they share. */
  const sum = (row: number, half: number) => 2 * row + half;
  const dot = (row: number, half: number) => 4 + 2 * row + half;
  const input = (row: number, which: number) => 8 + 2 * row + which;
  const [chunk, other, lower, spare] = [12, 13, 14, 15];

  /** Rows `first` and the next of a tile times a panel. */
  const multiply = (first: number) => {
    const numbers = (row: number, column: number) => at(xAt, (first + row) * GROUP + column);
    const scale = (row: number) => at(xAt, tile * GROUP + 4 * (first + row));
    const begin = (row: number) => at(xAt, tile * (GROUP + 4) + 4 * (first + row));
    code.move(weightAt, weight);
    code.move(xAt, xTile);
    for (const row of rows) for (const half of HALVES) code.zero(sum(row, half));
    code.test(start);
    code.jump("z", `begin ${first}`);
    for (const row of rows)
      for (const half of HALVES) code.vectorLoad(sum(row, half), at(start, BYTES * half));
    code.label(`begin ${first}`);
    code.move(left, blocks);

    code.label(`block ${first}`);
    for (const row of rows) {
      for (const half of HALVES) {
        if (bits === 4) code.zero(dot(row, half));
        else code.broadcast(dot(row, half), begin(row));
      }
    }
    for (let column = 0; column < (GROUP * bits) / 8; column += 4) {
      for (const row of rows) {
        const [a, b] = [input(row, 0), input(row, 1)];
        code.broadcast(a, numbers(row, column));
        if (bits === 4) code.broadcast(b, numbers(row, column + 16));
        else {
          code.shiftWords("right", b, a, 8);
          code.shiftWords("left", a, a, 8);
          code.shiftWords("right", a, a, 8);
        }
      }
      const place = scaleBytes + column * PANEL;
      for (const half of HALVES) {
        code.vectorLoad(chunk, at(weightAt, place + BYTES * half));
        if (bits === 4) {
          code.shiftLanesRight(other, chunk, 4);
          code.and(other, other, lower);
        } else code.shiftWords("right unsigned", other, chunk, 8);
        code.and(chunk, chunk, lower);
        for (const row of rows) {
          for (const [which, some] of [chunk, other].entries()) {
            if (bits === 4) {
              code.multiplyBytes(spare, some, input(row, which));
              code.addWords(dot(row, half), dot(row, half), spare);
            } else {
              code.multiplyWords(spare, some, input(row, which));
              code.addIntegers(dot(row, half), dot(row, half), spare);
            }
          }
        }
      }
    }
    if (bits === 4) code.broadcast(other, at(RSP));
    for (const half of HALVES) {
      code.widenHalves(chunk, at(weightAt, PANEL * half));
      for (const row of rows) {
        const result = dot(row, half);
        if (bits === 4) {
          code.multiplyWords(result, result, other);
          code.broadcast(spare, begin(row));
          code.addIntegers(result, result, spare);
        }
        code.toFloats(result, result);
        code.broadcast(spare, scale(row));
        code.vectorMultiply(spare, chunk, spare);
        code.vectorMultiply(result, result, spare);
        code.vectorAdd(sum(row, half), sum(row, half), result);
      }
    }
    code.addConstant(weightAt, bytes);
    code.addConstant(xAt, tile * (GROUP + 8));
    code.decrement(left);
    code.jump("nz", `block ${first}`);

    for (const row of rows) {
      for (const half of HALVES) code.vectorStore(at(outAt, BYTES * half), sum(row, half));
      code.add(outAt, outStride);
    }
  };

  code.enter(RBX, RBP, R12, R13, R14);
  code.pushConstant(LOWER[bits]);
  code.broadcast(lower, at(RSP));
  code.pushConstant(ONES);
  code.move(blocks, code.argument(6));
  code.move(panels, code.argument(7));

  code.label("panel");
  code.move(xTile, x);
  code.move(outAt, out);
  code.move(tilesLeft, tiles);
  code.label("tile");
  for (let first = 0; first < tile; first += most) multiply(first);
  code.move(xTile, xAt);
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
  for (let i = 0; i < 2; i++) code.pop(RAX);
  return code.finish();
}
