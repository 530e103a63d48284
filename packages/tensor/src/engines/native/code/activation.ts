import { Assembler } from "../assembler/assembler.js";
import { Constants } from "../assembler/constants.js";
import { at, R8, R9, RCX, RDI, RDX, RSI } from "../assembler/operand.js";
import { EXPONENTIAL, exponential } from "./exponential.js";

/** The activations that have code: both are x times a sigmoid. */
export type SigmoidActivation = "gelu" | "silu";

/** 0.5 (1 + tanh u) = sigmoid(2 u) */
const SLOPE = 2 * Math.sqrt(2 / Math.PI);

/** What assembly/activation.ts computes with. */
export const ACTIVATION = new Constants({
  ...EXPONENTIAL,
  minusOne: -1,
  slope: SLOPE,
  minusSlope: -SLOPE,
  minusCube: -SLOPE * 0.044715,
  threeCubes: 3 * SLOPE * 0.044715,
});

/** Vector registers. */
export const ACTIVATION_REGISTERS = { x: 0, s: 1, n: 2, whole: 3, p: 4, square: 5 };
const { x, s, n, whole, p, square } = ACTIVATION_REGISTERS;

/** s = 1 / (1 + e^z), z = -x for silu, -2 sqrt(2 / pi) (x + 0.044715 x^3) for gelu; leaves x^2 in `square` for gelu. */
export function sigmoid(
  code: Assembler,
  kind: SigmoidActivation,
  constant: ReturnType<typeof ACTIVATION.at>,
): void {
  if (kind === "gelu") {
    code.vectorMultiply(square, x, x);
    code.vectorLoad(s, constant("minusSlope"));
    code.multiplyAdd(s, square, constant("minusCube"));
    code.vectorMultiply(s, s, x);
  } else {
    code.vectorMultiply(s, x, constant("minusOne"));
  }
  exponential(code, { x: s, n, whole, result: p }, constant);
  code.vectorAdd(p, p, constant("one"));
  code.vectorLoad(s, constant("one"));
  code.vectorDivide(s, s, p);
}

/** After `sigmoid`: s becomes the derivative of x s, which is s + x s (1 - s) z'. */
export function derivative(
  code: Assembler,
  kind: SigmoidActivation,
  constant: ReturnType<typeof ACTIVATION.at>,
): void {
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
  const constant = ACTIVATION.at(constants, vectorBits);
  const loop = (name: string, add: boolean) => {
    code.label(name);
    code.vectorLoad(x, at(from));
    sigmoid(code, kind, constant);
    derivative(code, kind, constant);
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
  return code.finish();
}
