import { Assembler } from "../assembler/assembler.js";
import { type Address, at, R8, R9, RAX, RCX, RDI, RDX, RSI } from "../assembler/operand.js";

/** The numbers of a step, in the order in which the code is given them. */
export const ADAMW_NUMBERS = [
  "gradScale",
  "beta1",
  "rest1",
  "beta2",
  "rest2",
  "inverse",
  "eps",
  "rate",
  "decay",
] as const;

/**
 * Code for `void adamw(p, grad, m, v, vectors, const float *numbers)` in the System V calling convention, for at least one
 * vector; see assembly/elementwise.ts. Memory bounds it: fetching ahead gains nothing, and stores around the caches lose.
 */
export function adamwCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const [p, grad, m, v, left, numbers, offset] = [RDI, RSI, RDX, RCX, R8, R9, RAX];
  const [g, mean, square, update, value] = [0, 1, 2, 3, 4] as const;
  const number = (name: (typeof ADAMW_NUMBERS)[number]) => 5 + ADAMW_NUMBERS.indexOf(name);
  const here = (base: number): Address => ({ base, index: offset });

  for (const [i, name] of ADAMW_NUMBERS.entries()) code.broadcast(number(name), at(numbers, 4 * i));
  code.andConstant(offset, 0);
  code.label("vector");
  code.vectorMultiply(g, number("gradScale"), here(grad));
  code.vectorMultiply(mean, number("rest1"), g);
  code.multiplyAdd(mean, number("beta1"), here(m));
  code.vectorMultiply(square, number("rest2"), g);
  code.vectorMultiply(square, square, g);
  code.multiplyAdd(square, number("beta2"), here(v));
  code.vectorStore(here(m), mean);
  code.vectorStore(here(v), square);
  code.vectorMultiply(square, square, number("inverse"));
  code.squareRoot(square, square);
  code.vectorAdd(square, square, number("eps"));
  code.vectorMultiply(update, mean, number("rate"));
  code.vectorDivide(update, update, square);
  code.vectorMultiply(value, number("decay"), here(p));
  code.vectorSubtract(value, value, update);
  code.vectorStore(here(p), value);
  code.addConstant(offset, vectorBits / 8);
  code.decrement(left);
  code.jump("nz", "vector");
  return code.finish();
}
