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

const ON_STACK = ["rows", "vectors", "depth", "lastDepth", "passes", "adds", "scratch"] as const;

/**
 * Code for `void multiply(x, xStride, weight, weightStride, out, outStride, rows, vectors, depth, lastDepth, passes, adds,
 * scratch)` in the System V calling convention: out[r] = the sum of x[r, p] weight[p] over the rows p of the weight, which are
 * whole vectors; added to what is there where `adds` is 1. A pass takes `depth` rows, the last one `lastDepth`; `scratch` has
 * room for the rows of the result, one behind the other. Strides are in bytes.
 *
 * As in `gemmThin` of assembly/thin.ts each element is a sum in the order of p, pass by pass, with the same bits. The weight is
 * read from its beginning to its end, eight rows side by side, and the second-level cache is asked for the next in the order of
 * memory; the result stays in the first.
 */
export function thinSumsCode(vectorBits: 256 | 512, stored: "float32" | "bfloat16"): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const lanes = vectorBits / 32;
  const bytes = vectorBits / 8;
  const size = stored === "float32" ? 4 : 2;
  const [x, xStride, weight, weightStride, out, outStride] = [RDI, RSI, RDX, RCX, R8, R9];
  const [weightAt, xRow, outAt, rowsLeft, left, outRow] = [R10, R11, R12, R13, RAX, RBX];
  const [threeRows, fourthRow, ahead] = [R14, R15, RBP];
  const onStack = (argument: (typeof ON_STACK)[number]) => code.argument(6 + ON_STACK.indexOf(argument));
  /** Numbers that the code keeps on the stack. Sums of a pass go to `to`. */
  const [to, toStride, depth, depthLeft] = [0, 8, 16, 24].map((place) => at(RSP, place));
  /** Vector registers; the factors are those behind. */
  const [total, piece, factors] = [0, 1, 2];
  const place = (i: number): Address => {
    const base = i < 4 ? weightAt : fourthRow;
    if (i % 4 === 0) return at(base);
    if (i % 4 === 3) return { base, index: threeRows };
    return { base, index: weightStride, scale: (i % 4) as 1 | 2 };
  };

  /** Every row of the result, and every vector of a row, with `outAt` at it; `next` moves on to another row. */
  const eachVector = (name: string, begin: () => void, visit: () => void, next: () => void) => {
    code.move(rowsLeft, onStack("rows"));
    code.label(`${name}: row`);
    begin();
    code.move(outAt, outRow);
    code.move(left, onStack("vectors"));
    code.label(`${name}: vector`);
    visit();
    code.addConstant(outAt, bytes);
    code.decrement(left);
    code.jump("nz", `${name}: vector`);
    next();
    code.decrement(rowsLeft);
    code.jump("nz", `${name}: row`);
  };

  /** Adds `depthLeft` times so many rows of the weight. */
  const add = (name: string, rows: number) => {
    code.store(depthLeft!, left);
    code.test(left);
    code.jump("z", `${name} done`);
    code.label(name);
    code.move(xRow, x);
    code.move(outRow, to!);
    const begin = () => {
      for (let i = 0; i < rows; i++) code.broadcast(factors + i, at(xRow, 4 * i));
      code.move(weightAt, weight);
      code.address(fourthRow, { base: weight, index: weightStride, scale: 4 });
      code.address(ahead, { base: weight, index: weightStride, scale: rows as 1 | 8, displacement: AHEAD });
    };
    const visit = () => {
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
    };
    eachVector(name, begin, visit, () => {
      code.add(xRow, xStride);
      code.add(outRow, toStride!);
    });
    code.addConstant(x, 4 * rows);
    for (let i = 0; i < rows; i++) code.add(weight, weightStride);
    code.move(left, depthLeft!);
    code.decrement(left);
    code.store(depthLeft!, left);
    code.jump("nz", name);
    code.label(`${name} done`);
  };

  code.enter(RBX, RBP, R12, R13, R14, R15);
  for (let i = 0; i < 4; i++) code.pushConstant(0);
  code.address(threeRows, { base: weightStride, index: weightStride, scale: 2 });

  code.label("pass");
  code.move(outRow, out);
  code.move(outAt, outStride);
  code.move(left, onStack("adds"));
  code.test(left);
  code.jump("z", "in place");
  code.move(outRow, onStack("scratch"));
  code.move(left, onStack("vectors"));
  code.multiplyConstant(outAt, left, bytes);
  code.label("in place");
  code.store(to!, outRow);
  code.store(toStride!, outAt);
  code.zero(total);
  const nothing = () => {};
  eachVector(
    "zero",
    nothing,
    () => code.vectorStore(at(outAt), total),
    () => code.add(outRow, toStride!),
  );

  code.move(xRow, onStack("depth"));
  code.move(left, onStack("passes"));
  code.decrement(left);
  code.store(onStack("passes"), left);
  code.jump("nz", "not the last");
  code.move(xRow, onStack("lastDepth"));
  code.label("not the last");
  code.store(depth!, xRow);
  code.move(left, xRow);
  code.shiftRight(left, Math.log2(AT_ONCE));
  add("some", AT_ONCE);
  code.move(left, depth!);
  code.andConstant(left, AT_ONCE - 1);
  add("one", 1);

  code.move(left, onStack("adds"));
  code.test(left);
  code.jump("z", "next");
  code.move(outRow, out);
  code.move(xRow, to!);
  const addSums = () => {
    code.vectorLoad(total, at(outAt));
    code.vectorAdd(total, total, at(xRow));
    code.vectorStore(at(outAt), total);
    code.addConstant(xRow, bytes);
  };
  eachVector("sums", nothing, addSums, () => code.add(outRow, outStride));
  code.label("next");
  code.move(left, onStack("rows")); // not 0
  code.store(onStack("adds"), left);
  code.move(left, onStack("passes"));
  code.test(left);
  code.jump("nz", "pass");

  for (let i = 0; i < 4; i++) code.pop(RAX);
  return code.finish();
}
