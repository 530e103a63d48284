import type { Assembler } from "./assembler.js";
import type { Address } from "./operand.js";

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
 * result = e^x to about 1e-7, with the polynomial of assembly/vector.ts: x = n ln 2 + r with |r| <= ln 2 / 2, and e^r times 2^n.
 * Below -87.7 it is 0, above 87 it stays at its value there, and NaN stays NaN.
 */
export function exponential(
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
  code.vectorAdd(result, result, constant("one"));
  code.shiftLeft(n, n, 23);
  code.vectorMultiply(result, result, n);
}
