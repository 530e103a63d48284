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

/** Rows of x that have a place where it is packed. */
export const BATCH_LANES = 16;

const ON_STACK = ["vectors", "some", "rest"] as const;

/**
 * Code for `void add(x, weight, weightStride, out, outStride, rows, vectors, some, rest)` in the System V calling convention:
 * out[r] += the sum of x[p, r] weight[p] over 8 `some` + `rest` rows p of the weight, which are whole vectors. x is packed: for
 * each p the numbers of 16 rows. Strides are in bytes.
 *
 * Each element is a sum in the order of p. Eight vectors of the weight are read once for all rows of x, whose results come from
 * the first cache, or the second. The weight is read from its beginning to its end, eight rows side by side, and the second-level
 * cache is asked for the next in the order of memory.
 */
export function batchSumsCode(
  vectorBits: 256 | 512,
  stored: "float32" | "bfloat16",
): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const lanes = vectorBits / 32;
  const bytes = vectorBits / 8;
  const size = stored === "float32" ? 4 : 2;
  const [x, weight, weightStride, out, outStride, rows] = [RDI, RSI, RDX, RCX, R8, R9];
  const [weightAt, xRow, outAt, rowsLeft, left, outColumn] = [R10, R11, R12, R13, RAX, RBX];
  const [threeRows, fourthRow, ahead] = [R14, R15, RBP];
  const onStack = (argument: (typeof ON_STACK)[number]) => code.argument(6 + ON_STACK.indexOf(argument));
  /** Vector registers: pieces of the weight behind the others. */
  const [total, factor, pieces] = [0, 1, 2];
  const place = (i: number) => placeOfRow(i < 4 ? weightAt : fourthRow, i, weightStride, threeRows);

  /** As often as the argument of this name says: so many rows of the weight. */
  const add = (name: "some" | "rest", atOnce: number) => {
    code.move(left, onStack(name));
    code.test(left);
    code.jump("z", `${name} done`);
    code.label(name);
    code.move(outColumn, out);
    code.move(weightAt, weight);
    code.address(fourthRow, { base: weight, index: weightStride, scale: 4 });
    code.address(ahead, { base: weight, index: weightStride, scale: atOnce as 1 | 8, displacement: AHEAD });
    code.move(left, onStack("vectors"));
    code.label(`${name}: vector`);
    for (let i = 0; i < atOnce; i++) {
      code.prefetchNear(at(ahead, i * lanes * size));
      if (stored === "float32") code.vectorLoad(pieces + i, place(i));
      else {
        code.widenWords(pieces + i, place(i));
        code.shiftLeft(pieces + i, pieces + i, 16);
      }
    }
    code.move(xRow, x);
    code.move(outAt, outColumn);
    code.move(rowsLeft, rows);
    code.label(`${name}: row`);
    code.vectorLoad(total, at(outAt));
    for (let i = 0; i < atOnce; i++) {
      code.broadcast(factor, at(xRow, i * BATCH_LANES * 4));
      code.multiplyAdd(total, factor, pieces + i);
    }
    code.vectorStore(at(outAt), total);
    code.addConstant(xRow, 4);
    code.add(outAt, outStride);
    code.decrement(rowsLeft);
    code.jump("nz", `${name}: row`);
    code.addConstant(outColumn, bytes);
    code.addConstant(weightAt, lanes * size);
    if (atOnce > 4) code.addConstant(fourthRow, lanes * size);
    code.addConstant(ahead, atOnce * lanes * size);
    code.decrement(left);
    code.jump("nz", `${name}: vector`);
    code.addConstant(x, atOnce * BATCH_LANES * 4);
    for (let i = 0; i < atOnce; i++) code.add(weight, weightStride);
    code.move(left, onStack(name));
    code.decrement(left);
    code.store(onStack(name), left);
    code.jump("nz", name);
    code.label(`${name} done`);
  };

  code.enter(RBX, RBP, R12, R13, R14, R15);
  code.address(threeRows, { base: weightStride, index: weightStride, scale: 2 });
  add("some", AT_ONCE);
  add("rest", 1);
  return code.finish();
}
