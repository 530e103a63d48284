import { Assembler } from "../assembler/assembler.js";
import { at, RDI, RDX, RSI } from "../assembler/operand.js";

/** Sums that grow side by side: what hides how long an addition takes. */
const SUMS = 4;

/** Floats that one step takes in. */
export const sumStep = (vectorBits: 256 | 512): number => (SUMS * vectorBits) / 64;

/**
 * Code for `void sum(x, steps, double *sums)` in the System V calling convention: the sums of elements or their squares, a
 * vector of doubles of them, over at least one step.
 */
export function sumCode(vectorBits: 256 | 512, squares: boolean): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const [x, left, sums] = [RDI, RSI, RDX];
  const half = vectorBits / 16;
  for (let i = 0; i < SUMS; i++) code.zero(i);
  code.label("step");
  for (let i = 0; i < SUMS; i++) {
    const value = SUMS + i;
    code.loadDoubles(value, at(x, i * half));
    if (squares) code.multiplyAddDoubles(i, value, value);
    else code.addDoubles(i, i, value);
  }
  code.addConstant(x, SUMS * half);
  code.decrement(left);
  code.jump("nz", "step");
  for (let apart = SUMS / 2; apart >= 1; apart /= 2) {
    for (let i = 0; i < apart; i++) code.addDoubles(i, i, i + apart);
  }
  code.vectorStore(at(sums), 0);
  return code.finish();
}
