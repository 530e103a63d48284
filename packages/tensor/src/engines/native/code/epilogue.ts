import { Assembler } from "../assembler/assembler.js";
import { at, R8, R9, R10, R11, R12, R13, RAX, RBP, RBX, RCX, RDI, RDX, RSI } from "../assembler/operand.js";
import { ACTIVATION, ACTIVATION_REGISTERS, type SigmoidActivation, sigmoid } from "./activation.js";

/**
 * Code for `void finish(x, out, vectors, constants, rows, stride, bias, pre, residual)` in the System V calling convention:
 * out = activation(x + bias) + residual, and pre = x + bias, for rows of whole vectors that lie `stride` bytes apart; out may
 * be x. Where `pre` and `residual` are is said in bytes from out; of these and the bias, what is 0 is left out. Counts are at
 * least 1.
 */
export function epilogueCode(
  vectorBits: 256 | 512,
  kind: SigmoidActivation | "none",
): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const [xRow, outRow, vectors, constants, rows, stride] = [RDI, RSI, RDX, RCX, R8, R9];
  const [from, to, left] = [R10, R11, RAX];
  const [bias, biasAt, pre, residual] = [RBX, RBP, R12, R13];
  const { x, s } = ACTIVATION_REGISTERS;
  const value = kind === "none" ? x : s;
  code.enter(RBX, RBP, R12, R13);
  for (const [i, register] of [bias, pre, residual].entries()) {
    code.move(register, code.argument(6 + i));
  }
  code.label("row");
  code.move(from, xRow);
  code.move(to, outRow);
  code.move(biasAt, bias);
  code.move(left, vectors);
  code.label("vector");
  code.vectorLoad(x, at(from));
  const where = (given: number, name: string, write: () => void) => {
    code.test(given);
    code.jump("z", `no ${name}`);
    write();
    code.label(`no ${name}`);
  };
  // Tests that always turn out the same cost nothing beside the loads.
  where(bias, "bias", () => code.vectorAdd(x, x, at(biasAt)));
  where(pre, "pre", () => code.vectorStore({ base: to, index: pre }, x));
  if (kind !== "none") {
    sigmoid(code, kind, ACTIVATION.at(constants, vectorBits));
    code.vectorMultiply(s, s, x);
  }
  where(residual, "residual", () => code.vectorAdd(value, value, { base: to, index: residual }));
  code.vectorStore(at(to), value);
  for (const pointer of [from, to, biasAt]) code.addConstant(pointer, vectorBits / 8);
  code.decrement(left);
  code.jump("nz", "vector");
  code.add(xRow, stride);
  code.add(outRow, stride);
  code.decrement(rows);
  code.jump("nz", "row");
  return code.finish();
}
