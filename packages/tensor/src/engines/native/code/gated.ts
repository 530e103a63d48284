import { Assembler } from "../assembler/assembler.js";
import { R8, R9, R10, R11, R12, RAX, RBP, RBX, RCX, RDI, RDX, RSI } from "../assembler/operand.js";
import {
  ACTIVATION,
  ACTIVATION_REGISTERS,
  derivative,
  type SigmoidActivation,
  sigmoid,
} from "./activation.js";
import { MaskedRow, rowEnd } from "./masked-row.js";

/** The constants, which the code is given the address of. */
export function gatedConstants(vectorBits: 256 | 512): Uint8Array {
  return Uint8Array.of(...ACTIVATION.bytes(vectorBits), ...rowEnd(vectorBits));
}

const { x, s } = ACTIVATION_REGISTERS;
const [value, up, other, mask] = [6, 7, 8, 15] as const;

function begin(vectorBits: 256 | 512, columns: number, constants: number) {
  const code = new Assembler(vectorBits);
  code.enter(RBX, RBP, R12);
  const rowEndAt = ACTIVATION.bytes(vectorBits).length;
  const walk = { columns, constants, rowEndAt, offset: RAX, left: R10, vectors: R11, end: RBX, mask };
  const row = new MaskedRow(code, walk);
  row.prepare();
  code.label("row");
  return { code, row, constant: ACTIVATION.at(constants, vectorBits) };
}

function finish(code: Assembler, rows: number): Uint8Array<ArrayBuffer> {
  code.decrement(rows);
  code.jump("nz", "row");
  return code.finish();
}

/**
 * Code for `void gated(x, out, rows, columns, constants)` in the System V calling convention: out = activation(a) b for rows
 * (a | b) of twice as many columns.
 */
export function gatedCode(vectorBits: 256 | 512, kind: SigmoidActivation): Uint8Array<ArrayBuffer> {
  const [a, out, rows, columns, constants, b] = [RDI, RSI, RDX, RCX, R8, R9];
  const { code, row, constant } = begin(vectorBits, columns, constants);
  code.address(b, { base: a, index: columns });
  row.along("gate", (lanes) => {
    lanes.load(x, a);
    sigmoid(code, kind, constant);
    code.vectorMultiply(s, s, x);
    lanes.load(other, b);
    code.vectorMultiply(s, s, other);
    lanes.store(out, s);
  });
  code.address(a, { base: b, index: columns });
  code.add(out, columns);
  return finish(code, rows);
}

/** Code for `void gatedBackward(x, dOut, dX, rows, columns, constants, accumulate)`: (dOut b activation'(a) | dOut activation(a)). */
export function gatedBackwardCode(vectorBits: 256 | 512, kind: SigmoidActivation): Uint8Array<ArrayBuffer> {
  const [a, dOut, dA, rows, columns, constants, b, dB] = [RDI, RSI, RDX, RCX, R8, R9, RBP, R12];
  const { code, row, constant } = begin(vectorBits, columns, constants);
  code.address(b, { base: a, index: columns });
  code.address(dB, { base: dA, index: columns });
  const gradients = (name: string, add: boolean) =>
    row.along(name, (lanes) => {
      const put = (to: number, from: number) => {
        if (add) {
          lanes.load(other, to);
          code.vectorAdd(from, from, other);
        }
        lanes.store(to, from);
      };
      lanes.load(x, a);
      sigmoid(code, kind, constant);
      lanes.load(up, dOut);
      code.vectorMultiply(value, x, s);
      code.vectorMultiply(value, value, up);
      derivative(code, kind, constant);
      lanes.load(other, b);
      code.vectorMultiply(up, up, other);
      code.vectorMultiply(s, s, up);
      put(dA, s);
      put(dB, value);
    });
  code.move(RAX, code.argument(6));
  code.test(RAX);
  code.jump("nz", "adding");
  gradients("gradients", false);
  code.jump("always", "next");
  code.label("adding");
  gradients("added gradients", true);
  code.label("next");
  code.add(dOut, columns);
  code.address(a, { base: b, index: columns });
  code.address(dA, { base: dB, index: columns });
  return finish(code, rows);
}
