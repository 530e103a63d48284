import type { Assembler } from "../assembler/assembler.js";
import type { Address } from "../assembler/operand.js";

/** What `exponential` computes with. */
export const EXPONENTIAL = {
  one: 1,
  // n = -127, for which the exponent that is made of it stands for 0
  lowest: -88,
  // Its inverse, which sigmoids take, is not yet so small that it slows the processor down.
  highest: 87,
  perLn2: Math.LOG2E,
  // Added to n, the first summand leaves it rounded in the lowest bits, the second makes it an exponent.
  rounder: 3 * 2 ** 22 + 127,
  ln2High: 0.693359375,
  ln2Low: -2.1219444e-4,
  p0: 1.98756915e-4,
  p1: 1.3981999507e-3,
  p2: 8.3334519073e-3,
  p3: 4.1665795894e-2,
  p4: 1.6666665459e-1,
  p5: 5.0000001201e-1,
};

/** Vector registers: the argument, two that are overwritten as it is, and the result. */
export interface ExponentialRegisters {
  x: number;
  n: number;
  whole: number;
  result: number;
}

/**
 * Splits x = n ln 2 + r with |r| <= ln 2 / 2: result = e^r - 1 by the polynomial of assembly/vector.ts, and `n` = 2^n. Below
 * -87.7 2^n is 0, above 87 x stays at its value there, and NaN stays NaN.
 */
function split(
  code: Assembler,
  { x, n, whole, result }: ExponentialRegisters,
  constant: (name: keyof typeof EXPONENTIAL) => Address,
): void {
  // Of minimum and maximum the second operand stays where one is NaN.
  code.vectorLoad(n, constant("lowest"));
  code.maximum(x, n, x);
  code.vectorLoad(n, constant("highest"));
  code.minimum(x, n, x);
  code.vectorLoad(n, constant("rounder"));
  code.multiplyAdd(n, x, constant("perLn2"));
  code.vectorSubtract(whole, n, constant("rounder"));
  // ln 2 in two parts, the first exact in few bits, so that n ln 2 does not round away what is left.
  code.multiplySubtract(x, whole, constant("ln2High"));
  code.multiplySubtract(x, whole, constant("ln2Low"));
  code.vectorLoad(result, constant("p0"));
  for (const name of ["p1", "p2", "p3", "p4", "p5"] as const) code.multiplyThenAdd(result, x, constant(name));
  code.vectorMultiply(result, result, x);
  code.multiplyThenAdd(result, x, x);
  code.shiftLeft(n, n, 23);
}

/** result = e^x to about 1e-7: 0 below -87.7, at 87 from there on, NaN for NaN. */
export function exponential(
  code: Assembler,
  registers: ExponentialRegisters,
  constant: (name: keyof typeof EXPONENTIAL) => Address,
): void {
  const { n, result } = registers;
  split(code, registers, constant);
  code.vectorAdd(result, result, constant("one"));
  code.vectorMultiply(result, result, n);
}

/** result = tanh(x / 2) = m / (m + 2) with m = e^x - 1, which keeps its digits near 0. */
export function hyperbolicTangent(
  code: Assembler,
  registers: ExponentialRegisters,
  constant: (name: keyof typeof EXPONENTIAL) => Address,
): void {
  const { x, n, result } = registers;
  split(code, registers, constant);
  code.vectorSubtract(x, n, constant("one"));
  code.multiplyThenAdd(result, n, x);
  code.vectorAdd(x, result, constant("one"));
  code.vectorAdd(x, x, constant("one"));
  code.vectorDivide(result, result, x);
}
