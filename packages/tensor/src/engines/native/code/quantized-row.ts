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

/** Bytes of a row that a step of the inner loop takes, each vector of them added to a register of its own: a cache line. */
const LINE = 64;
/** Bytes between what is read and what the cache is asked for. */
const AHEAD = 2048;

/**
 * Code for `void multiply(x, values, scales, bias, out, outStride, rows, columns, groups)` in the System V calling
 * convention: out[r, j] = scales[j] (x[r] . values[j]) + bias[j], for `groups` of as many j as a vector has floats. The weight
 * is signed bytes, x floats; columns are whole vectors, `outStride` is in bytes, and without a bias its address is 0.
 *
 * The weight is read from its beginning to its end: for one row of x the code is as fast as memory. Further rows of x find
 * the group in the first-level cache.
 */
export function quantizedRowCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const bytes = vectorBits / 8;
  const lanes = vectorBits / 32;
  const [x, values, scales, bias, out, outStride] = [RDI, RSI, RDX, RCX, R8, R9];
  const [xAt, valuesAt, outAt, left, xRow, rowsLeft, columns] = [R10, R11, R12, RAX, R13, R14, RBX];
  const onStack = (argument: "rows" | "columns" | "groups") =>
    code.argument(6 + ["rows", "columns", "groups"].indexOf(argument));
  const unrolled = LINE / lanes;
  /** Vector registers: the sums of all rows but the last, which takes `part(0)` in the end; then those of the inner loop. */
  const part = (i: number) => lanes - 1 + i;
  const piece = part(unrolled);

  const dot = (row: number) => {
    const loop = (name: string, vectors: number) => {
      code.jump("z", `${name} done`);
      code.label(name);
      code.prefetch(at(valuesAt, AHEAD));
      for (let i = 0; i < vectors; i++) {
        code.widenBytes(piece, at(valuesAt, i * lanes));
        code.toFloats(piece, piece);
        code.multiplyAdd(part(i), piece, at(xAt, i * bytes));
      }
      code.addConstant(valuesAt, vectors * lanes);
      code.addConstant(xAt, vectors * bytes);
      code.decrement(left);
      code.jump("nz", name);
      code.label(`${name} done`);
    };
    code.move(xAt, xRow);
    for (let i = 0; i < unrolled; i++) code.zero(part(i));
    code.move(left, columns);
    code.shiftRight(left, Math.log2(LINE));
    loop(`row ${row}`, unrolled);
    code.move(left, columns);
    code.shiftRight(left, Math.log2(lanes));
    code.andConstant(left, unrolled - 1);
    loop(`row ${row}, rest`, 1);
    for (let apart = unrolled / 2; apart >= 1; apart /= 2) {
      for (let i = 0; i < apart; i++) {
        code.vectorAdd(apart > 1 ? part(i) : row, part(i), part(i + apart));
      }
    }
  };

  code.enter(RBX, RBP, R12, R13, R14);
  code.move(columns, onStack("columns"));
  code.move(RBP, onStack("groups"));

  code.label("group");
  code.move(xRow, x);
  code.move(outAt, out);
  code.move(rowsLeft, onStack("rows"));
  code.label("row of x");
  code.move(valuesAt, values);
  for (let row = 0; row < lanes; row++) dot(row);
  addAcross(code, lanes, "vectorAdd");
  code.vectorMultiply(0, 0, at(scales));
  code.test(bias);
  code.jump("z", "store");
  code.vectorAdd(0, 0, at(bias));
  code.label("store");
  code.vectorStore(at(outAt), 0);
  code.move(xRow, xAt);
  code.add(outAt, outStride);
  code.decrement(rowsLeft);
  code.jump("nz", "row of x");

  code.move(values, valuesAt);
  code.addConstant(scales, lanes * 4);
  code.addConstant(out, lanes * 4);
  code.test(bias);
  code.jump("z", "next");
  code.addConstant(bias, lanes * 4);
  code.label("next");
  code.decrement(RBP);
  code.jump("nz", "group");

  return code.finish();
}

/**
 * Register 0 = the sums of the lanes of registers 0, 1, .. `lanes` - 1, in this order; register `lanes` is overwritten. Each
 * round adds what two registers have of the same row, and has half as many registers left.
 */
export function addAcross(code: Assembler, lanes: number, add: "vectorAdd" | "addIntegers"): void {
  const free = lanes;
  const round = (apart: number, take: "interleave" | "interleavePairs" | "quarters") => {
    for (let a = 0; a + apart < lanes; a += 2 * apart) {
      code[take]("low", free, a, a + apart);
      code[take]("high", a, a, a + apart);
      code[add](a, free, a);
    }
  };
  round(1, "interleave");
  round(2, "interleavePairs");
  round(4, "quarters");
  if (lanes === 16) round(8, "quarters");
}
