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
} from "../assembler/operand.js";

/** Rows of the weight whose sums are finished together. They are read one after the other: memory is fastest so. */
export const WEIGHT_ROWS = 4;
/** Columns that a step takes: one of four vectors of WebAssembly, whose sums these are. */
export const COLUMNS = 16;
/** Steps of the inner loop that are written out: each end of a loop is a jump that the processor guesses wrong. */
const UNROLLED = 8;
/** Bytes between what is read and what the cache is asked for. */
const AHEAD = 4096;

/**
 * Code for `void multiply(x, xStride, weight, weightStride, out, outStride, rows, columns, groups)` in the System V calling
 * convention: out[r, j] = x[r] . weight[j] for `groups` of 4 rows j of the weight, in bfloat16; columns are whole 16, strides
 * in bytes.
 *
 * Sums are made in the order of `gemmThin` of assembly/gemm.ts, so that their bits are the same: in 16 parts, of which those 4
 * apart are added in pairs, and the last four one after the other. Further rows of x find the weight's in the cache.
 */
export function thinDotsCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const lanes = vectorBits / 32;
  const perStep = COLUMNS / lanes;
  const [x, xStride, weight, weightStride, out, outStride] = [RDI, RSI, RDX, RCX, R8, R9];
  const [weightAt, weightRow, xAt, xRow, rowsLeft] = [R10, R11, R12, R13, R14];
  const [left, outAt, groups] = [RAX, RBX, RBP];
  const onStack = (argument: "rows" | "columns" | "groups") =>
    code.argument(6 + ["rows", "columns", "groups"].indexOf(argument));
  /** Vector registers. */
  const sum = (row: number, part: number) => row * perStep + part;
  const piece = WEIGHT_ROWS * perStep;

  const dot = (row: number) => {
    const loop = (name: string, steps: number) => {
      code.jump("z", `${name} done`);
      code.label(name);
      for (let line = 0; line < steps * COLUMNS * 2; line += 64) code.prefetch(at(weightAt, AHEAD + line));
      for (let i = 0; i < steps * perStep; i++) {
        code.widenWords(piece, at(weightAt, i * lanes * 2));
        code.shiftLeft(piece, piece, 16);
        code.multiplyAdd(sum(row, i % perStep), piece, at(xAt, i * lanes * 4));
      }
      code.addConstant(xAt, steps * COLUMNS * 4);
      code.addConstant(weightAt, steps * COLUMNS * 2);
      code.decrement(left);
      code.jump("nz", name);
      code.label(`${name} done`);
    };
    code.move(xAt, xRow);
    code.move(weightAt, weightRow);
    for (let i = 0; i < perStep; i++) code.zero(sum(row, i));
    code.move(left, onStack("columns"));
    code.shiftRight(left, Math.log2(COLUMNS * UNROLLED));
    loop(`row ${row}`, UNROLLED);
    code.move(left, onStack("columns"));
    code.shiftRight(left, Math.log2(COLUMNS));
    code.andConstant(left, UNROLLED - 1);
    loop(`row ${row}, last step`, 1);
    code.add(weightRow, weightStride);
  };

  code.enter(RBX, RBP, R12, R13, R14);
  code.move(groups, onStack("groups"));

  code.label("group");
  code.move(xRow, x);
  code.move(outAt, out);
  code.move(rowsLeft, onStack("rows"));
  code.label("row of x");
  code.move(weightRow, weight);
  for (let row = 0; row < WEIGHT_ROWS; row++) dot(row);
  addParts(code, perStep, sum);
  code.storeQuarter(at(outAt), 0, 0);
  code.add(xRow, xStride);
  code.add(outAt, outStride);
  code.decrement(rowsLeft);
  code.jump("nz", "row of x");

  code.move(weight, weightRow);
  code.addConstant(out, WEIGHT_ROWS * 4);
  code.decrement(groups);
  code.jump("nz", "group");

  return code.finish();
}

/** The first four lanes of register 0 = the sums of the 16 parts of each of 4 rows. */
function addParts(code: Assembler, perStep: number, sum: (row: number, part: number) => number): void {
  const [low, high] = [WEIGHT_ROWS * perStep, WEIGHT_ROWS * perStep + 1];
  /** to = what is in the even 128 bits of a and b plus what is in the odd ones. */
  const fold = (to: number, a: number, b: number) => {
    code.quarters("low", low, a, b);
    code.quarters("high", high, a, b);
    code.vectorAdd(to, low, high);
  };
  /** The first of each 128 bits = ((0 + 1) + 2) + 3. */
  const along = (register: number) => {
    code.swapLanes(low, register, 1);
    code.swapLanes(high, register, 2);
    code.vectorAdd(register, register, low);
    code.vectorAdd(register, register, high);
    code.swapLanes(high, high, 1);
    code.vectorAdd(register, register, high);
  };
  // 512 bits end as four rows in register 0, 256 bits as two in 0 and two in 1.
  if (perStep === 2) for (let row = 0; row < WEIGHT_ROWS; row++) fold(row, sum(row, 0), sum(row, 1));
  fold(0, 0, 1);
  fold(1, 2, 3);
  if (perStep === 1) fold(0, 0, 1);
  const last = perStep === 2 ? 1 : 0;
  for (let register = 0; register <= last; register++) along(register);
  // Rows 0, 2 and 1, 3; then 0, 1 and 2, 3 in their own 128 bits; then all in the first.
  code.quarters("low", low, 0, last);
  code.quarters("high", high, 0, last);
  code.interleave("low", 0, low, high);
  code.quarters("high", high, 0, 0);
  code.interleavePairs("low", 0, 0, high);
}
