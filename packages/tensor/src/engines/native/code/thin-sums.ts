import { Assembler } from "../assembler/assembler.js";
import { at, R8, R9, R10, R11, R12, R13, RAX, RBX, RCX, RDI, RDX, RSI } from "../assembler/operand.js";

/** Bytes between what is read and what the cache is asked for. */
const AHEAD = 2048;

/**
 * Code for `void add(x, xStride, weight, weightStride, out, outStride, rows, depth, vectors)` in the System V calling
 * convention: out[r] += x[r, p] weight[p] for `depth` rows p of the weight, one after the other, in bfloat16; the rows are
 * whole vectors, strides are in bytes.
 *
 * As in `gemmThin` of assembly/gemm.ts each element is a sum in the order of p, with the same bits. The weight is read from its
 * beginning to its end, the result stays in the cache.
 */
export function thinSumsCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const lanes = vectorBits / 32;
  const [x, xStride, weight, weightStride, out, outStride] = [RDI, RSI, RDX, RCX, R8, R9];
  const [weightAt, xRow, outAt, rowsLeft, left, outRow] = [R10, R11, R12, R13, RAX, RBX];
  const onStack = (argument: "rows" | "depth" | "vectors") =>
    code.argument(6 + ["rows", "depth", "vectors"].indexOf(argument));
  /** Vector registers. */
  const [factor, total, piece] = [0, 1, 2];

  code.enter(RBX, R12, R13);
  code.label("row of the weight");
  code.move(xRow, x);
  code.move(outRow, out);
  code.move(rowsLeft, onStack("rows"));
  code.label("row of x");
  code.broadcast(factor, at(xRow));
  code.move(weightAt, weight);
  code.move(outAt, outRow);
  code.move(left, onStack("vectors"));
  code.label("vector");
  code.prefetch(at(weightAt, AHEAD));
  code.vectorLoad(total, at(outAt));
  code.widenWords(piece, at(weightAt));
  code.shiftLeft(piece, piece, 16);
  code.multiplyAdd(total, factor, piece);
  code.vectorStore(at(outAt), total);
  code.addConstant(weightAt, lanes * 2);
  code.addConstant(outAt, lanes * 4);
  code.decrement(left);
  code.jump("nz", "vector");
  code.add(xRow, xStride);
  code.add(outRow, outStride);
  code.decrement(rowsLeft);
  code.jump("nz", "row of x");

  code.addConstant(x, 4);
  code.add(weight, weightStride);
  code.move(left, onStack("depth"));
  code.decrement(left);
  code.store(onStack("depth"), left);
  code.test(left);
  code.jump("nz", "row of the weight");

  return code.finish();
}
