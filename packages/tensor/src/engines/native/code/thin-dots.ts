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
  RSP,
} from "../assembler/operand.js";
import { placeOfRow } from "./row-places.js";

/** Rows of the weight that are multiplied together: each has a lane. */
export const WEIGHT_ROWS = 16;
/** Numbers of each that a step takes: passes have whole steps. */
export const DEPTH = 4;
/** The code for bfloat16 reads twice as many, backwards for the last. */
export const LEAST_DEPTH = 8;
/** On processors with 512 too: filling wider vectors by quarters is slower. */
const VECTOR_BITS = 256;
/** Bytes of a row that the inner loop takes: a cache line. */
const LINE = 64;
/** Bytes of a row that are loaded at once. */
const QUARTER = 16;

const ON_STACK = ["passes", "groups"] as const;

/**
 * Code for `void multiply(x, weight, weightStride, out, steps, lastSteps, passes, groups)` in the System V calling convention:
 * out[j] = x . weight[j] for `groups` of 16 rows j of the weight. The stride is in bytes. A pass takes `steps` times 4 numbers of
 * each row, the last one `lastSteps` times.
 *
 * The sums have the order, and so the bits, of packed products: in each pass one product after the other, then the passes.
 * For that each row of the weight needs a lane of its own: quarters of vectors are loaded from four rows and transposed. The
 * second-level cache is asked for the next group, in the order of memory: it is fastest so, and the first level has no room.
 */
export function thinDotsCode(stored: "float32" | "bfloat16"): Uint8Array<ArrayBuffer> {
  const code = new Assembler(VECTOR_BITS);
  const vectors = (WEIGHT_ROWS * 32) / VECTOR_BITS;
  const perVector = VECTOR_BITS / 128;
  const bytes = VECTOR_BITS / 8;
  const halves = stored === "bfloat16";
  /** Numbers in a quarter of a vector. */
  const perLoad = halves ? 8 : 4;
  const [x, weight, weightStride, out, steps, lastSteps] = [RDI, RSI, RDX, RCX, R8, R9];
  const [left, threeRows, ahead, xAt, passesLeft] = [RAX, RBX, RBP, R14, R15];
  /** Where every fourth row of the group is read. */
  const pointers = [R10, R11, R12, R13];
  const onStack = (argument: (typeof ON_STACK)[number]) => code.argument(6 + ON_STACK.indexOf(argument));
  /** What the code keeps on the stack: whether there was a pass before. */
  const isLater = at(RSP);
  /** Vector registers. */
  const sum = (vector: number) => vector;
  const [rows, pairs, column, widened, factor] = [[2, 3, 4, 5], [6, 7, 8, 9], 10, 11, 12] as const;

  /** Row number i of the four behind a pointer. */
  const place = (pointer: number, i: number, displacement: number) =>
    placeOfRow(pointer, i, weightStride, threeRows, displacement);

  /** Adds the products with what a quarter has from its word `from` on, of the rows of one vector. */
  const addProducts = (vector: number, weightOffset: number, xOffset: number, from: number) => {
    const [first, ...others] = pointers.slice(vector * perVector, (vector + 1) * perVector);
    for (const [i, row] of rows.entries()) {
      code.repeatQuarter(row, place(first!, i, weightOffset));
      for (const [q, pointer] of others.entries()) {
        code.insertQuarter(row, row, place(pointer, i, weightOffset), q + 1);
      }
    }
    for (const [i, half] of (["low", "high"] as const).entries()) {
      if (from >= 2 * (i + 1)) continue;
      code.interleave(half, pairs[2 * i]!, rows[0], rows[1]);
      code.interleave(half, pairs[2 * i + 1]!, rows[2], rows[3]);
    }
    const multiply = (number: number, register: number) => {
      code.broadcast(factor, at(xAt, xOffset + number * 4));
      code.multiplyAdd(sum(vector), factor, register);
    };
    for (let word = from; word < 4; word++) {
      const [a, b] = word < 2 ? [pairs[0], pairs[1]] : [pairs[2], pairs[3]];
      code.interleavePairs(word % 2 ? "high" : "low", column, a, b);
      if (halves) {
        code.shiftLeft(widened, column, 16);
        multiply(2 * word, widened);
        code.shiftLanesRight(column, column, 16);
        code.shiftLeft(column, column, 16);
        multiply(2 * word + 1, column);
      } else multiply(word, column);
    }
  };

  const advance = (numbers: number) => {
    const bytes = (numbers / perLoad) * QUARTER;
    for (const pointer of pointers) code.addConstant(pointer, bytes);
    code.addConstant(xAt, numbers * 4);
  };
  /** `left` times `loads` quarters of each row. */
  const loop = (name: string, loads: number) => {
    code.test(left);
    code.jump("z", `${name} done`);
    code.label(name);
    const asked = loads * QUARTER === LINE ? WEIGHT_ROWS : 0;
    const each = asked / vectors / loads;
    // One vector after the other: rows a power of two apart share few places of the first-level cache.
    for (let vector = 0; vector < vectors; vector++) {
      for (let i = 0; i < loads; i++) {
        for (let line = 0; line < each; line++) {
          code.prefetchNear(at(ahead, ((vector * loads + i) * each + line) * LINE));
        }
        addProducts(vector, i * QUARTER, i * perLoad * 4, 0);
      }
    }
    code.addConstant(ahead, asked * LINE);
    advance(loads * perLoad);
    code.decrement(left);
    code.jump("nz", name);
    code.label(`${name} done`);
  };

  code.enter(RBX, RBP, R12, R13, R14, R15);
  code.pushConstant(0);
  code.address(threeRows, { base: weightStride, index: weightStride, scale: 2 });

  code.label("group");
  code.move(xAt, x);
  code.move(pointers[0]!, weight);
  for (const [i, pointer] of [...pointers.slice(1), ahead].entries()) {
    code.address(pointer, { base: pointers[i]!, index: weightStride, scale: 4 });
  }
  code.move(weight, ahead);
  code.move(passesLeft, onStack("passes"));
  code.andConstant(left, 0);
  code.store(isLater, left);

  code.label("pass");
  for (let vector = 0; vector < vectors; vector++) code.zero(sum(vector));
  /** `left` = the steps of this pass. */
  const takeSteps = (name: string) => {
    code.move(left, passesLeft);
    code.decrement(left);
    code.move(left, steps);
    code.jump("nz", `${name}: not the last pass`);
    code.move(left, lastSteps);
    code.label(`${name}: not the last pass`);
  };
  const perStep = perLoad / DEPTH;
  const unrolled = LINE / QUARTER;
  takeSteps("lines");
  code.shiftRight(left, Math.log2(unrolled * perStep));
  loop("lines", unrolled);
  takeSteps("loads");
  code.shiftRight(left, Math.log2(perStep));
  code.andConstant(left, unrolled - 1);
  loop("loads", 1);
  if (halves) {
    takeSteps("half");
    code.andConstant(left, 1);
    code.jump("z", "no half load");
    for (let vector = 0; vector < vectors; vector++) addProducts(vector, -QUARTER / 2, -DEPTH * 4, 2);
    advance(DEPTH);
    code.label("no half load");
  }

  code.move(left, isLater);
  code.test(left);
  code.jump("z", "store");
  for (let vector = 0; vector < vectors; vector++) {
    code.vectorAdd(sum(vector), sum(vector), at(out, vector * bytes));
  }
  code.label("store");
  for (let vector = 0; vector < vectors; vector++) {
    code.vectorStore(at(out, vector * bytes), sum(vector));
  }
  code.store(isLater, passesLeft);
  code.decrement(passesLeft);
  code.jump("nz", "pass");

  code.addConstant(out, WEIGHT_ROWS * 4);
  code.move(left, onStack("groups"));
  code.decrement(left);
  code.store(onStack("groups"), left);
  code.jump("nz", "group");

  code.pop(RAX);
  return code.finish();
}
