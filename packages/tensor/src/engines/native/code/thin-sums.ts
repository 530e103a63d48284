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
import { placeOfRow } from "./row-places.js";

/** Bytes between the rows that are read next and what the cache is asked for. */
const AHEAD = 2048;
/** Rows of the weight that are read at once: the result is loaded and stored once for all of them. */
const AT_ONCE = 8;

const ON_STACK = ["lastDepth", "passes", "adds", "scratch"] as const;

/**
 * Code for `void multiply(x, weight, weightStride, out, vectors, depth, lastDepth, passes, adds, scratch)` in the System V calling
 * convention: out = the sum of x[p] weight[p] over the rows p of the weight, which are whole vectors; added to what is there where
 * `adds` is 1. A pass takes `depth` rows, the last one `lastDepth`; `scratch` has room for the result. The stride is in bytes.
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
  const [x, weight, weightStride, out, vectors, depth] = [RDI, RSI, RDX, RCX, R8, R9];
  const [weightAt, outAt, left, to, sumsAt, depthLeft] = [R10, R11, RAX, RBX, R12, R13];
  const [threeRows, fourthRow, ahead] = [R14, R15, RBP];
  const onStack = (argument: (typeof ON_STACK)[number]) => code.argument(6 + ON_STACK.indexOf(argument));
  /** Vector registers; the factors are those behind. */
  const [total, piece, factors] = [0, 1, 2];
  const place = (i: number) => placeOfRow(i < 4 ? weightAt : fourthRow, i, weightStride, threeRows);

  /** Every vector of what `from` points to, with `outAt` at it. */
  const eachVector = (name: string, from: number, visit: () => void) => {
    code.move(outAt, from);
    code.move(left, vectors);
    code.label(`${name}: vector`);
    visit();
    code.addConstant(outAt, bytes);
    code.decrement(left);
    code.jump("nz", `${name}: vector`);
  };

  /** Adds `depthLeft` times so many rows of the weight. */
  const add = (name: string, rows: number) => {
    code.test(depthLeft);
    code.jump("z", `${name} done`);
    code.label(name);
    for (let i = 0; i < rows; i++) code.broadcast(factors + i, at(x, 4 * i));
    code.move(weightAt, weight);
    code.address(fourthRow, { base: weight, index: weightStride, scale: 4 });
    code.address(ahead, { base: weight, index: weightStride, scale: rows as 1 | 8, displacement: AHEAD });
    eachVector(name, to, () => {
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
    });
    code.addConstant(x, 4 * rows);
    for (let i = 0; i < rows; i++) code.add(weight, weightStride);
    code.decrement(depthLeft);
    code.jump("nz", name);
    code.label(`${name} done`);
  };

  code.enter(RBX, RBP, R12, R13, R14, R15);
  code.address(threeRows, { base: weightStride, index: weightStride, scale: 2 });

  code.label("pass");
  code.move(to, out);
  code.move(left, onStack("adds"));
  code.test(left);
  code.jump("z", "in place");
  code.move(to, onStack("scratch"));
  code.label("in place");
  code.zero(total);
  eachVector("zero", to, () => code.vectorStore(at(outAt), total));

  code.move(left, onStack("passes"));
  code.decrement(left);
  code.store(onStack("passes"), left);
  code.jump("nz", "not the last");
  code.move(depth, onStack("lastDepth"));
  code.label("not the last");
  code.move(depthLeft, depth);
  code.shiftRight(depthLeft, Math.log2(AT_ONCE));
  add("some", AT_ONCE);
  code.move(depthLeft, depth);
  code.andConstant(depthLeft, AT_ONCE - 1);
  add("one", 1);

  code.move(left, onStack("adds"));
  code.test(left);
  code.jump("z", "next");
  code.move(sumsAt, to);
  eachVector("sums", out, () => {
    code.vectorLoad(total, at(outAt));
    code.vectorAdd(total, total, at(sumsAt));
    code.vectorStore(at(outAt), total);
    code.addConstant(sumsAt, bytes);
  });
  code.label("next");
  code.store(onStack("adds"), vectors); // not 0
  code.move(left, onStack("passes"));
  code.test(left);
  code.jump("nz", "pass");
  return code.finish();
}
