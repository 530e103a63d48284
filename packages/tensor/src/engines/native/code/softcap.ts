import { Assembler } from "../assembler/assembler.js";
import { Constants } from "../assembler/constants.js";
import { at, R8, RCX, RDI, RDX, RSI } from "../assembler/operand.js";
import { EXPONENTIAL, hyperbolicTangent } from "./exponential.js";

const CONSTANTS = new Constants(EXPONENTIAL);

/** The constants, which the code is given the address of. */
export function softcapConstants(vectorBits: 256 | 512): Uint8Array {
  return CONSTANTS.bytes(vectorBits);
}

/**
 * Code for `void softcap(x, out, vectors, constants, const float *numbers)` in the System V calling convention: out = cap
 * tanh(x / cap) for at least one vector, with the numbers 2 / cap and cap; out may be x.
 */
export function softcapCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const [from, to, left, constants, numbers] = [RDI, RSI, RDX, RCX, R8];
  const [x, n, whole, result, twice, cap] = [0, 1, 2, 3, 4, 5] as const;
  code.broadcast(twice, at(numbers));
  code.broadcast(cap, at(numbers, 4));
  code.label("vector");
  code.vectorMultiply(x, twice, at(from));
  hyperbolicTangent(code, { x, n, whole, result }, CONSTANTS.at(constants, vectorBits));
  code.vectorMultiply(result, result, cap);
  code.vectorStore(at(to), result);
  for (const pointer of [from, to]) code.addConstant(pointer, vectorBits / 8);
  code.decrement(left);
  code.jump("nz", "vector");
  return code.finish();
}
