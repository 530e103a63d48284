import { Assembler } from "../assembler/assembler.js";
import {
  type Address,
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
  RSP,
} from "../assembler/operand.js";

/** Bytes between the rows that are read next and what the cache is asked for. */
const AHEAD = 2048;
/** Rows of the weight that are read at once: the result is loaded and stored once for all of them. */
const AT_ONCE = 8;

/**
 * Code for `void add(x, xStride, weight, weightStride, out, outStride, rows, depth, vectors)` in the System V calling
 * convention: out[r] += x[r, p] weight[p] for `depth` rows p of the weight, one after the other; the rows are whole vectors,
 * strides are in bytes.
 *
 * As in `gemmThin` of assembly/thin.ts each element is a sum in the order of p, with the same bits. The weight is read from its
 * beginning to its end, eight rows side by side, and the second-level cache is asked for the next in the order of memory; the
 * result stays in the first.
 */
export function thinSumsCode(vectorBits: 256 | 512, stored: "float32" | "bfloat16"): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const lanes = vectorBits / 32;
  const size = stored === "float32" ? 4 : 2;
  const [x, xStride, weight, weightStride, out, outStride] = [RDI, RSI, RDX, RCX, R8, R9];
  const [weightAt, xRow, outAt, rowsLeft, left, outRow] = [R10, R11, R12, R13, RAX, RBX];
  /** The depth takes the register of the stride, which is kept on the stack. */
  const [threeRows, fourthRow, ahead, depth] = [R14, R15, RBP, outStride];
  const onStack = (argument: "rows" | "depth" | "vectors") =>
    code.argument(6 + ["rows", "depth", "vectors"].indexOf(argument));
  /** Vector registers; the factors are those behind. */
  const [total, piece, factors] = [0, 1, 2];
  const place = (i: number): Address => {
    const base = i < 4 ? weightAt : fourthRow;
    if (i % 4 === 0) return at(base);
    if (i % 4 === 3) return { base, index: threeRows };
    return { base, index: weightStride, scale: (i % 4) as 1 | 2 };
  };

  /** All that is left of the weight, so many rows at a time. */
  const add = (name: string, rows: number) => {
    code.label(name);
    code.move(xRow, x);
    code.move(outRow, out);
    code.move(rowsLeft, onStack("rows"));
    code.label(`${name}: row of x`);
    for (let i = 0; i < rows; i++) code.broadcast(factors + i, at(xRow, 4 * i));
    code.move(weightAt, weight);
    code.address(fourthRow, { base: weight, index: weightStride, scale: 4 });
    code.address(ahead, { base: weight, index: weightStride, scale: rows as 1 | 8, displacement: AHEAD });
    code.move(outAt, outRow);
    code.move(left, onStack("vectors"));
    code.label(`${name}: vector`);
    code.vectorLoad(total, at(outAt));
    for (let i = 0; i < rows; i++) {
      code.prefetchNear(at(ahead, i * lanes * size));
      if (stored === "float32") code.multiplyAdd(total, factors + i, place(i));
      else {
        code.widenWords(piece, place(i));
        code.shiftLeft(piece, piece, 16);
        code.multiplyAdd(total, factors + i, piece);
      }
    }
    code.vectorStore(at(outAt), total);
    code.addConstant(weightAt, lanes * size);
    if (rows > 4) code.addConstant(fourthRow, lanes * size);
    code.addConstant(ahead, rows * lanes * size);
    code.addConstant(outAt, lanes * 4);
    code.decrement(left);
    code.jump("nz", `${name}: vector`);
    code.add(xRow, xStride);
    code.add(outRow, at(RSP));
    code.decrement(rowsLeft);
    code.jump("nz", `${name}: row of x`);
    code.addConstant(x, 4 * rows);
    for (let i = 0; i < rows; i++) code.add(weight, weightStride);
    code.decrement(depth);
    code.jump("nz", name);
  };

  code.enter(RBX, RBP, R12, R13, R14, R15);
  code.address(threeRows, { base: weightStride, index: weightStride, scale: 2 });
  code.push(outStride);
  code.move(depth, onStack("depth"));
  code.shiftRight(depth, Math.log2(AT_ONCE));
  code.test(depth);
  code.jump("z", "the rest");
  add("some", AT_ONCE);
  code.label("the rest");
  code.move(depth, onStack("depth"));
  code.andConstant(depth, AT_ONCE - 1);
  code.test(depth);
  code.jump("z", "end");
  add("one", 1);
  code.label("end");
  code.pop(outStride);
  return code.finish();
}
