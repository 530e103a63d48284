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

/** Bytes of a row of the weight that the inner loop takes: a cache line. */
const LINE = 64;
/** Bytes of the weight that are spread over a vector at once: one float, or two numbers in bfloat16. */
const WORD = 4;
/** Rows whose lines are read together: of more that lie a power of two apart, the first-level cache would lose some. */
const TOGETHER = 6;
const ON_STACK = ["passes", "groups"] as const;

/** Vectors that hold a number of each row of x. */
export interface Lanes {
  vectorBits: 256 | 512;
  vectors: 1 | 2;
}

/** Rows of x that are multiplied together: each has a lane. */
export function lanesOf({ vectorBits, vectors }: Lanes): number {
  return (vectorBits / 32) * vectors;
}

/** Rows of the weight that are multiplied together, as many as there are registers for. */
export function weightRowsOf(stored: "float32" | "bfloat16", { vectors }: Lanes): number {
  return (stored === "float32" ? 12 : 8) / vectors;
}

/**
 * Code for `void multiply(x, weight, weightStride, out, words, lastWords, passes, groups)` in the System V calling convention:
 * out[j, r] = x[r] . weight[j] for `groups` of rows j of the weight. x is packed: for each number of the depth the lanes of all
 * rows. A pass takes `words` of each row of the weight, the last one `lastWords`; the stride is in bytes.
 *
 * As the rows of x have the lanes, no row of the weight needs to be laid out anew: each of its numbers is spread over a vector. The
 * sums have the order, and so the bits, of packed products. The second-level cache is asked for the next group, in the order of
 * memory.
 */
export function batchDotsCode(stored: "float32" | "bfloat16", lanes: Lanes): Uint8Array<ArrayBuffer> {
  const { vectorBits, vectors } = lanes;
  const code = new Assembler(vectorBits);
  const bytes = vectorBits / 8;
  const rows = weightRowsOf(stored, lanes);
  const perWord = stored === "float32" ? 1 : 2;
  const [x, weight, weightStride, out, words, lastWords] = [RDI, RSI, RDX, RCX, R8, R9];
  const [left, threeRows, ahead, xAt, passesLeft, isLater] = [RAX, RBX, RBP, R14, R13, R15];
  /** Where every fourth row of the group is read. */
  const pointers = [R10, R11, R12].slice(0, Math.ceil(rows / 4));
  const onStack = (argument: (typeof ON_STACK)[number]) => code.argument(6 + ON_STACK.indexOf(argument));
  /** Vector registers. */
  const sum = (row: number, vector: number) => row * vectors + vector;
  const factor = (number: number, vector: number) => (rows + number) * vectors + vector;
  const [spread, widened] = [(rows + perWord) * vectors, (rows + perWord) * vectors + 1];
  const eachVector = (visit: (vector: number) => void) => {
    for (let vector = 0; vector < vectors; vector++) visit(vector);
  };
  const eachSum = (visit: (register: number, displacement: number) => void) => {
    for (let i = 0; i < rows * vectors; i++) visit(i, i * bytes);
  };

  const place = (row: number, displacement: number) =>
    placeOfRow(pointers[row >> 2]!, row, weightStride, threeRows, displacement);
  const addProducts = (word: number, first: number, last: number) => {
    for (let number = 0; number < perWord; number++) {
      eachVector((vector) =>
        code.vectorLoad(
          factor(number, vector),
          at(xAt, ((word * perWord + number) * vectors + vector) * bytes),
        ),
      );
    }
    for (let row = first; row < last; row++) {
      const multiply = (number: number, register: number) =>
        eachVector((vector) => code.multiplyAdd(sum(row, vector), register, factor(number, vector)));
      code.broadcast(spread, place(row, word * WORD));
      if (stored === "float32") {
        multiply(0, spread);
        continue;
      }
      code.shiftLeft(widened, spread, 16);
      multiply(0, widened);
      code.shiftLanesRight(spread, spread, 16);
      code.shiftLeft(spread, spread, 16);
      multiply(1, spread);
    }
  };
  /** `left` times so many words. */
  const loop = (name: string, unrolled: number) => {
    code.test(left);
    code.jump("z", `${name} done`);
    code.label(name);
    const asked = unrolled * WORD === LINE ? rows : 0;
    for (let line = 0; line < asked; line++) code.prefetchNear(at(ahead, line * LINE));
    for (let first = 0; first < rows; first += TOGETHER) {
      for (let word = 0; word < unrolled; word++) addProducts(word, first, Math.min(first + TOGETHER, rows));
    }
    if (asked > 0) code.addConstant(ahead, asked * LINE);
    for (const pointer of pointers) code.addConstant(pointer, unrolled * WORD);
    code.addConstant(xAt, unrolled * perWord * vectors * bytes);
    code.decrement(left);
    code.jump("nz", name);
    code.label(`${name} done`);
  };

  code.enter(RBX, RBP, R12, R13, R14, R15);
  code.address(threeRows, { base: weightStride, index: weightStride, scale: 2 });

  code.label("group");
  code.move(xAt, x);
  code.move(pointers[0]!, weight);
  for (const [i, pointer] of pointers.slice(1).entries()) {
    code.address(pointer, { base: pointers[i]!, index: weightStride, scale: 4 });
  }
  code.multiplyConstant(left, weightStride, rows);
  code.add(weight, left);
  code.move(ahead, weight);
  code.move(passesLeft, onStack("passes"));
  code.andConstant(isLater, 0);

  code.label("pass");
  eachSum((register) => code.zero(register));
  for (const [name, unrolled] of [
    ["lines", LINE / WORD],
    ["words", 1],
  ] as const) {
    code.move(left, passesLeft);
    code.decrement(left);
    code.move(left, words);
    code.jump("nz", `${name}: not the last pass`);
    code.move(left, lastWords);
    code.label(`${name}: not the last pass`);
    if (unrolled > 1) code.shiftRight(left, Math.log2(unrolled));
    else code.andConstant(left, LINE / WORD - 1);
    loop(name, unrolled);
  }
  code.test(isLater);
  code.jump("z", "store");
  eachSum((register, displacement) => code.vectorAdd(register, register, at(out, displacement)));
  code.label("store");
  eachSum((register, displacement) => code.vectorStore(at(out, displacement), register));
  code.move(isLater, passesLeft);
  code.decrement(passesLeft);
  code.jump("nz", "pass");

  code.addConstant(out, rows * vectors * bytes);
  code.move(left, onStack("groups"));
  code.decrement(left);
  code.store(onStack("groups"), left);
  code.jump("nz", "group");
  return code.finish();
}
