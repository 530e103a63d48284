import { Assembler } from "../assembler/assembler.js";
import { at, R8, R9, R10, R11, RAX, RBX, RCX, RDI, RDX, RSI } from "../assembler/operand.js";

/** Words that are written at a time, of two numbers each. */
export const WORDS = 16;
const LANES = 16;
/** Masks: of what is left of the first numbers, of the second ones, and of what is left of those. */
const [firstRest, second, secondRest] = [1, 2, 3] as const;
const ON_STACK = ["firstRest", "second", "secondRest", "order"] as const;
/** Vector registers. */
const [first, other, order] = [0, 1, 2] as const;

/** What `order` points to: the places of the words' halves among 16 first and 16 second numbers, by turns. */
export const ORDER = new Uint8Array(
  Uint16Array.from({ length: 2 * WORDS }, (_, i) => (i >> 1) + (i & 1) * LANES).buffer,
);

/** Which two numbers make a word: neighbours in a row, or those of two rows in the same column. */
export type Pairs = "neighbours" | "rows";

/**
 * Code for `void convert(from, fromStride, to, toStride, rows, vectors, firstRest, second, secondRest, order)` in the System V
 * calling convention: words of two numbers rounded to bfloat16, nearest even, `rows` rows of them. Of each it
 * writes `vectors` times 16 words and once more, for what is left; the masks say which numbers there are: the others
 * are neither read nor anything but 0. A row of words is made of one row of floats, or of two, `fromStride` being what
 * lies between one such pair and the next. Strides are in bytes. Needs AVX512_BF16 and AVX512BW.
 */
export function bfloat16Code(pairs: Pairs): Uint8Array<ArrayBuffer> {
  const code = new Assembler(512);
  const bytes = 4 * LANES;
  const [from, fromStride, to, toStride, rows, vectors] = [RDI, RSI, RDX, RCX, R8, R9];
  const [fromAt, toAt, left, half] = [R10, R11, RAX, RBX];
  const onStack = (argument: (typeof ON_STACK)[number]) => code.argument(6 + ON_STACK.indexOf(argument));
  const secondPlace = pairs === "rows" ? { base: fromAt, index: half } : at(fromAt, bytes);

  code.enter(RBX);
  for (const [mask, argument] of [
    [firstRest, "firstRest"],
    [second, "second"],
    [secondRest, "secondRest"],
  ] as const) {
    code.move(RAX, onStack(argument));
    code.setMask(mask, RAX);
  }
  code.move(RAX, onStack("order"));
  code.vectorLoad(order, at(RAX));
  code.move(half, fromStride);
  code.shiftRight(half, 1);

  const write = () => {
    code.toBfloat16(first, other, first);
    if (pairs === "rows") code.permuteWords(first, order, first);
    code.vectorStore(at(toAt), first);
  };
  code.label("row");
  code.move(fromAt, from);
  code.move(toAt, to);
  code.move(left, vectors);
  code.test(left);
  code.jump("z", "rest");
  code.label("vector");
  code.vectorLoad(first, at(fromAt));
  code.loadByMask(other, secondPlace, second);
  write();
  code.addConstant(fromAt, pairs === "rows" ? bytes : 2 * bytes);
  code.addConstant(toAt, bytes);
  code.decrement(left);
  code.jump("nz", "vector");
  code.label("rest");
  code.loadByMask(first, at(fromAt), firstRest);
  code.loadByMask(other, secondPlace, secondRest);
  write();
  code.add(from, fromStride);
  code.add(to, toStride);
  code.decrement(rows);
  code.jump("nz", "row");

  return code.finish();
}
