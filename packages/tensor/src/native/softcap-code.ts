import { Assembler } from "./assembler.js";
import { Constants } from "./constants.js";
import { EXPONENTIAL, exponential } from "./exponential-code.js";
import { at, R8, RCX, RDI, RDX, RSI } from "./operand.js";

/** What assembly/vector.ts has tanh of. */
const CONSTANTS = new Constants({
  ...EXPONENTIAL,
  two: 2,
  sign: -0,
  near: 0.625,
  t0: -5.70498872745e-3,
  t1: 2.06390887954e-2,
  t2: -5.37397155531e-2,
  t3: 1.33314422036e-1,
  t4: -3.33332819422e-1,
});

/** The constants, which the code is given the address of. */
export function softcapConstants(vectorBits: 256 | 512): Uint8Array {
  return CONSTANTS.bytes(vectorBits);
}

/**
 * Code for `void softcap(x, out, vectors, constants, const float *numbers)` in the System V calling convention: out = cap
 * tanh(x / cap) for at least one vector, with the numbers 1 / cap and cap; out may be x. tanh is a polynomial near 0, where
 * 1 - 2 / (e^2x + 1) would cancel, and that beyond.
 */
export function softcapCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const [from, to, left, constants, numbers] = [RDI, RSI, RDX, RCX, R8];
  const [x, n, whole, e, u, sign, size, near, square, inverse, cap] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ] as const;
  const constant = CONSTANTS.at(constants, vectorBits);
  code.broadcast(inverse, at(numbers));
  code.broadcast(cap, at(numbers, 4));
  code.label("vector");
  code.vectorMultiply(u, inverse, at(from));
  code.bitwiseAnd(sign, u, constant("sign"));
  code.bitwiseXor(size, u, sign);
  code.vectorMultiply(square, u, u);
  code.vectorLoad(near, constant("t0"));
  for (const name of ["t1", "t2", "t3", "t4"] as const) code.multiplyThenAdd(near, square, constant(name));
  code.vectorMultiply(near, near, square);
  code.multiplyThenAdd(near, u, u);
  code.vectorAdd(x, size, size);
  exponential(code, { x, n, whole, result: e }, constant);
  code.vectorAdd(e, e, constant("one"));
  code.vectorLoad(x, constant("two"));
  code.vectorDivide(x, x, e);
  code.vectorLoad(e, constant("one"));
  code.vectorSubtract(e, e, x);
  code.bitwiseXor(e, e, sign);
  // Where size - 0.625 is negative, the polynomial.
  code.vectorSubtract(size, size, constant("near"));
  code.shiftRightSigned(size, size, 31);
  code.bitwiseXor(near, near, e);
  code.bitwiseAnd(near, near, size);
  code.bitwiseXor(near, near, e);
  code.vectorMultiply(near, near, cap);
  code.vectorStore(at(to), near);
  for (const pointer of [from, to]) code.addConstant(pointer, vectorBits / 8);
  code.decrement(left);
  code.jump("nz", "vector");
  code.zeroUpper();
  code.ret();
  return code.code();
}
