import { Assembler } from "../assembler/assembler.js";
import { at, R8, R9, R10, R11, RAX, RCX, RDI, RDX, RSI } from "../assembler/operand.js";
import { exponential } from "./exponential.js";
import { MaskedRow } from "./masked-row.js";
import { LOGITS, SUM_REGISTERS, sumExponentials } from "./softmax-rows.js";

const [logits, rows, columns, constants] = [RDI, RSI, RDX, RCX];
const [x, n, whole, e] = [0, 1, 2, 3] as const;
const mask = 15;

function begin(vectorBits: 256 | 512, left: number) {
  const code = new Assembler(vectorBits);
  const rowEndAt = LOGITS.bytes(vectorBits).length;
  const walk = { columns, constants, rowEndAt, offset: RAX, left, vectors: R10, end: R11, mask };
  const row = new MaskedRow(code, walk);
  row.prepare();
  code.label("row");
  return { code, row, constant: LOGITS.at(constants, vectorBits) };
}

function finish(code: Assembler): Uint8Array<ArrayBuffer> {
  code.decrement(rows);
  code.jump("nz", "row");
  return code.finish();
}

/**
 * Code for `void sumRows(logits, rows, columns, constants, float *sums)` in the System V calling convention: per row the largest
 * logit and the sum of e^(logit - largest), side by side.
 */
export function lossCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const sums = R8;
  const { code, row, constant } = begin(vectorBits, R9);
  sumExponentials(code, row, constant, logits);
  code.storeFloat(at(sums), SUM_REGISTERS.largest);
  code.storeFloat(at(sums, 4), SUM_REGISTERS.sum);
  code.addConstant(sums, 8);
  code.add(logits, columns);
  return finish(code);
}

/** What becomes of the gradient: it is stored or added; or the logits were capped, and it is that of what they were before. */
export type LossGradient = "stored" | "added" | "capped";

/** Floats that the gradient of a row needs: the log of its sum, its weight, and 1 / cap. */
export const LOSS_NUMBERS = 3;

/**
 * Code for `void gradients(logits, rows, columns, constants, to, const float *numbers)`: weight e^(logit - log), times
 * 1 - (logit / cap)^2 where the logits are capped, at `to`, which may be the logits.
 */
export function lossBackwardCode(vectorBits: 256 | 512, kind: LossGradient): Uint8Array<ArrayBuffer> {
  const [to, numbers] = [R8, R9];
  const left = rows; // the row's number is on the stack meanwhile
  const { code, row, constant } = begin(vectorBits, left);
  const [log, weight, inverse, other] = [4, 5, 6, 7] as const;
  code.push(rows);
  code.broadcast(log, at(numbers));
  code.broadcast(weight, at(numbers, 4));
  if (kind === "capped") code.broadcast(inverse, at(numbers, 8));
  // Logits beyond the caches come in faster while nothing is written: with wide vectors that is worth a pass of its own.
  if (vectorBits === 512) row.along("fetch", (lanes) => lanes.load(x, logits));
  row.along("gradient", (lanes) => {
    lanes.load(x, logits);
    if (kind === "capped") code.vectorMultiply(other, x, inverse);
    code.vectorSubtract(x, x, log);
    exponential(code, { x, n, whole, result: e }, constant);
    code.vectorMultiply(e, e, weight);
    if (kind === "capped") {
      code.vectorLoad(x, constant("one"));
      code.multiplySubtract(x, other, other);
      code.vectorMultiply(e, e, x);
    }
    if (kind === "added") {
      lanes.load(other, to);
      code.vectorAdd(e, e, other);
    }
    lanes.store(to, e);
  });
  code.pop(rows);
  code.addConstant(numbers, 4 * LOSS_NUMBERS);
  code.add(logits, columns);
  code.add(to, columns);
  return finish(code);
}
