import { Assembler } from "./assembler.js";
import { type Address, at, R8, R9, R10, R11, RAX, RCX, RDI, RDX, RSI } from "./operand.js";

/** The activations that have code: both are x times a sigmoid. */
export type SigmoidActivation = "gelu" | "silu";

/** 0.5 (1 + tanh u) = sigmoid(2 u) */
const SLOPE = 2 * Math.sqrt(2 / Math.PI);

/** What assembly/vector.ts and assembly/activation.ts compute with, in the order of the table. */
const CONSTANTS = {
  one: 1,
  minusOne: -1,
  slope: SLOPE,
  minusSlope: -SLOPE,
  minusCube: -SLOPE * 0.044715,
  threeCubes: 3 * SLOPE * 0.044715,
  lowest: -87.3,
  highest: 88.37,
  perLn2: Math.LOG2E,
  // Added to a number of at most 22 bits, this leaves it rounded in the lowest bits.
  rounder: 3 * 2 ** 22,
  ln2High: 0.693359375,
  ln2Low: -2.1219444e-4,
  p0: 1.98756915e-4,
  p1: 1.3981999507e-3,
  p2: 8.3334519073e-3,
  p3: 4.1665795894e-2,
  p4: 1.6666665459e-1,
  p5: 5.0000001201e-1,
};

/** The constants, each spread over a vector: what the code is given the address of. */
export function activationConstants(vectorBits: 256 | 512): Uint8Array {
  const values = Object.values(CONSTANTS).flatMap((value) => Array(vectorBits / 32).fill(value));
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** Vector registers. */
const [x, s, n, whole, p, square] = [0, 1, 2, 3, 4, 5] as const;

type Constant = (name: keyof typeof CONSTANTS) => Address;
const constantsAt =
  (base: number, vectorBits: number): Constant =>
  (name) =>
    at(base, (Object.keys(CONSTANTS).indexOf(name) * vectorBits) / 8);

/** s = 1 / (1 + e^z), z = -x for silu, -2 sqrt(2 / pi) (x + 0.044715 x^3) for gelu; leaves x^2 in `square` for gelu. */
function sigmoid(code: Assembler, kind: SigmoidActivation, constant: Constant): void {
  if (kind === "gelu") {
    code.vectorMultiply(square, x, x);
    code.vectorLoad(s, constant("minusSlope"));
    code.multiplyAdd(s, square, constant("minusCube"));
    code.vectorMultiply(s, s, x);
  } else {
    code.vectorMultiply(s, x, constant("minusOne"));
  }
  code.maximum(s, s, constant("lowest"));
  code.minimum(s, s, constant("highest"));
  // z = n ln 2 + r; s is z, then r.
  code.vectorLoad(n, constant("rounder"));
  code.multiplyAdd(n, s, constant("perLn2"));
  code.vectorSubtract(whole, n, constant("rounder"));
  code.multiplySubtract(s, whole, constant("ln2High"));
  code.multiplySubtract(s, whole, constant("ln2Low"));
  code.vectorLoad(p, constant("p0"));
  for (const name of ["p1", "p2", "p3", "p4", "p5"] as const) code.multiplyThenAdd(p, s, constant(name));
  code.vectorMultiply(p, p, s);
  code.multiplyThenAdd(p, s, s);
  code.vectorAdd(p, p, constant("one"));
  // times 2^n: n is added to the exponent
  code.shiftLeft(n, n, 23);
  code.addIntegers(p, p, n);
  code.vectorAdd(p, p, constant("one"));
  code.vectorLoad(s, constant("one"));
  code.vectorDivide(s, s, p);
}

/**
 * Code for `void activate(x, out, vectors, constants, rows, stride)` in the System V calling convention: out = activation(x)
 * for rows of whole vectors, `stride` bytes apart in both; out may be x. Counts are at least 1.
 */
export function activationCode(vectorBits: 256 | 512, kind: SigmoidActivation): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const [xRow, outRow, vectors, constants, rows, stride] = [RDI, RSI, RDX, RCX, R8, R9];
  const [from, to, left] = [R10, R11, RAX];
  code.label("row");
  code.move(from, xRow);
  code.move(to, outRow);
  code.move(left, vectors);
  code.label("vector");
  code.vectorLoad(x, at(from));
  sigmoid(code, kind, constantsAt(constants, vectorBits));
  code.vectorMultiply(s, s, x);
  code.vectorStore(at(to), s);
  code.addConstant(from, vectorBits / 8);
  code.addConstant(to, vectorBits / 8);
  code.decrement(left);
  code.jump("nz", "vector");
  code.add(xRow, stride);
  code.add(outRow, stride);
  code.decrement(rows);
  code.jump("nz", "row");
  code.zeroUpper();
  code.ret();
  return code.code();
}

/**
 * Code for `void differentiate(x, dOut, dX, vectors, constants, accumulate)`: dX = or += dOut * activation'(x), for at least
 * one vector; dX may be dOut.
 */
export function activationBackwardCode(
  vectorBits: 256 | 512,
  kind: SigmoidActivation,
): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const [from, up, to, left, constants, accumulate] = [RDI, RSI, RDX, RCX, R8, R9];
  const constant = constantsAt(constants, vectorBits);
  const loop = (name: string, add: boolean) => {
    code.label(name);
    code.vectorLoad(x, at(from));
    sigmoid(code, kind, constant);
    // s + x s (1 - s) z'
    code.vectorLoad(p, constant("one"));
    code.vectorSubtract(p, p, s);
    code.vectorMultiply(n, x, s);
    code.vectorMultiply(n, n, p);
    if (kind === "gelu") {
      code.vectorLoad(p, constant("slope"));
      code.multiplyAdd(p, square, constant("threeCubes"));
      code.multiplyAdd(s, n, p);
    } else {
      code.vectorAdd(s, s, n);
    }
    code.vectorMultiply(s, s, at(up));
    if (add) code.vectorAdd(s, s, at(to));
    code.vectorStore(at(to), s);
    for (const pointer of [from, up, to]) code.addConstant(pointer, vectorBits / 8);
    code.decrement(left);
    code.jump("nz", name);
  };
  code.test(accumulate);
  code.jump("nz", "adding");
  loop("writing", false);
  code.jump("always", "done");
  loop("adding", true);
  code.label("done");
  code.zeroUpper();
  code.ret();
  return code.code();
}
