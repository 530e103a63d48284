import { Assembler } from "../assembler/assembler.js";
import { Constants } from "../assembler/constants.js";
import { R8, R9, R10, R11, RAX, RBX, RCX, RDI, RDX, RSI } from "../assembler/operand.js";
import { EXPONENTIAL, exponential } from "./exponential.js";
import { type Lanes, MaskedRow, rowEnd } from "./masked-row.js";

/** What softmax and cross-entropy compute with; `rowEnd` lies behind. */
export const LOGITS = new Constants({ ...EXPONENTIAL, below: Number.NEGATIVE_INFINITY });

/** The constants, which the code is given the address of. */
export function logitConstants(vectorBits: 256 | 512): Uint8Array {
  return Uint8Array.of(...LOGITS.bytes(vectorBits), ...rowEnd(vectorBits));
}

/** Vector registers. */
const [x, n, whole, e, largest, sum, spare, mask] = [0, 1, 2, 3, 4, 5, 6, 15] as const;
export const SUM_REGISTERS = { largest, sum };

/** `largest` = the largest number of a row, `sum` = that of e^(x - largest), which `keep` may store from the register it is given. */
export function sumExponentials(
  code: Assembler,
  row: MaskedRow,
  constant: ReturnType<typeof LOGITS.at>,
  from: number,
  keep: (lanes: Lanes, e: number) => void = () => {},
): void {
  code.vectorLoad(largest, constant("below"));
  row.along("largest", (lanes) => {
    lanes.load(x, from);
    lanes.sink(x);
    // A NaN is passed over: the sum has it.
    code.maximum(largest, x, largest);
  });
  row.combine("maximum", largest, spare);
  code.zero(sum);
  row.along("sum", (lanes) => {
    lanes.load(x, from);
    lanes.sink(x);
    code.vectorSubtract(x, x, largest);
    exponential(code, { x, n, whole, result: e }, constant);
    code.vectorAdd(sum, sum, e);
    keep(lanes, e);
  });
  row.combine("vectorAdd", sum, spare);
}

/**
 * Code for `void softmax(x, out, rows, columns, constants)` in the System V calling convention, for at least one row; out may
 * be x.
 */
export function softmaxRowsCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const [from, to, rows, columns, constants] = [RDI, RSI, RDX, RCX, R8];
  const code = new Assembler(vectorBits);
  const constant = LOGITS.at(constants, vectorBits);
  const rowEndAt = LOGITS.bytes(vectorBits).length;
  const walk = { columns, constants, rowEndAt, offset: RAX, left: R9, vectors: R10, end: R11, mask };
  const row = new MaskedRow(code, walk);
  row.prepare();
  code.label("row");
  sumExponentials(code, row, constant, from, (lanes, e) => lanes.store(to, e));
  code.vectorLoad(x, constant("one"));
  code.vectorDivide(sum, x, sum);
  row.along("share", (lanes) => {
    lanes.load(x, to);
    code.vectorMultiply(x, x, sum);
    lanes.store(to, x);
  });
  code.add(from, columns);
  code.add(to, columns);
  code.decrement(rows);
  code.jump("nz", "row");
  return code.finish();
}

/**
 * Code for `void softmaxBackward(y, dOut, dX, rows, columns, constants)` in the System V calling convention, for at least one
 * row: dX = y (dOut - sum of y dOut), or with `add` that added to dX.
 */
export function softmaxRowsBackwardCode(vectorBits: 256 | 512, add: boolean): Uint8Array<ArrayBuffer> {
  const [y, dOut, dX, rows, columns, constants] = [RDI, RSI, RDX, RCX, R8, R9];
  const [g, dot] = [1, 2] as const;
  const code = new Assembler(vectorBits);
  const rowEndAt = LOGITS.bytes(vectorBits).length;
  const walk = { columns, constants, rowEndAt, offset: RAX, left: R10, vectors: R11, end: RBX, mask };
  const row = new MaskedRow(code, walk);
  code.enter(RBX);
  row.prepare();
  code.label("row");
  code.zero(dot);
  row.along("dot", (lanes) => {
    lanes.load(x, y);
    lanes.load(g, dOut);
    code.multiplyAdd(dot, x, g);
  });
  row.combine("vectorAdd", dot, spare);
  row.along("gradient", (lanes) => {
    lanes.load(x, y);
    lanes.load(g, dOut);
    code.vectorSubtract(g, g, dot);
    code.vectorMultiply(g, g, x);
    if (add) {
      lanes.load(x, dX);
      code.vectorAdd(g, g, x);
    }
    lanes.store(dX, g);
  });
  for (const pointer of [y, dOut, dX]) code.add(pointer, columns);
  code.decrement(rows);
  code.jump("nz", "row");
  return code.finish();
}
