import { Assembler } from "../assembler/assembler.js";
import {
  at,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
} from "../assembler/operand.js";
import { MaskedRow } from "./masked-row.js";

const [offset, left, vectors, end, columns, constants] = [RAX, R10, R11, RBX, RBP, R15];
const [one, count, eps, mask] = [12, 13, 14, 15] as const;

/** Arguments 6 to 9 are alike: rows, columns, the address of `rowEnd`, and of the numbers 1, columns and eps. */
function begin(vectorBits: 256 | 512, rows: number): { code: Assembler; row: MaskedRow } {
  const code = new Assembler(vectorBits);
  code.enter(RBX, RBP, R12, R13, R14, R15);
  code.move(rows, code.argument(6));
  code.move(columns, code.argument(7));
  code.move(constants, code.argument(8));
  code.move(offset, code.argument(9));
  for (const [i, register] of [one, count, eps].entries()) code.broadcast(register, at(offset, 4 * i));
  const row = new MaskedRow(code, { columns, constants, rowEndAt: 0, offset, left, vectors, end, mask });
  row.prepare();
  return { code, row };
}

function finish(code: Assembler, rows: number): Uint8Array<ArrayBuffer> {
  code.decrement(rows);
  code.jump("nz", "row");
  return code.finish();
}

/**
 * Code for `void norm(x, gain, bias, out, mean, rstd, rows, columns, rowEnd, const float *numbers)` in the System V calling
 * convention, as in assembly/norm.ts; with `residual` two arguments follow, the residual and where to keep x + residual.
 */
export function normCode(vectorBits: 256 | 512, residual: boolean): Uint8Array<ArrayBuffer> {
  const [x, gain, bias, out, mean, rstd, rows] = [RDI, RSI, RDX, RCX, R8, R9, R12];
  const [other, kept] = [R13, R14];
  const [value, center, scale, sum, spare] = [0, 1, 2, 3, 4] as const;
  const { code, row } = begin(vectorBits, rows);
  const input = residual ? kept : x;
  if (residual) {
    code.move(other, code.argument(10));
    code.move(kept, code.argument(11));
  }
  code.label("row");
  if (residual) {
    row.along("residual", (lanes) => {
      lanes.load(value, x);
      lanes.load(spare, other);
      code.vectorAdd(value, value, spare);
      lanes.store(kept, value);
    });
    code.add(x, columns);
    code.add(other, columns);
  }
  code.zero(center);
  row.where(mean, () => {
    row.along("mean", (lanes) => {
      lanes.load(value, input);
      code.vectorAdd(center, center, value);
    });
    row.combine("vectorAdd", center, spare);
    code.vectorDivide(center, center, count);
    code.storeFloat(at(mean), center);
    code.addConstant(mean, 4);
  });
  code.zero(sum);
  row.along("squares", (lanes) => {
    lanes.load(value, input);
    code.vectorSubtract(value, value, center);
    lanes.clear(value);
    code.multiplyAdd(sum, value, value);
  });
  row.combine("vectorAdd", sum, spare);
  code.vectorDivide(sum, sum, count);
  code.vectorAdd(sum, sum, eps);
  code.squareRoot(sum, sum);
  code.vectorDivide(scale, one, sum);
  code.storeFloat(at(rstd), scale);
  row.along("out", (lanes) => {
    lanes.load(value, input);
    code.vectorSubtract(value, value, center);
    code.vectorMultiply(value, value, scale);
    row.where(gain, () => {
      lanes.load(spare, gain);
      code.vectorMultiply(value, value, spare);
    });
    row.where(bias, () => {
      lanes.load(spare, bias);
      code.vectorAdd(value, value, spare);
    });
    lanes.store(out, value);
  });
  code.addConstant(rstd, 4);
  code.add(input, columns);
  code.add(out, columns);
  return finish(code, rows);
}

/**
 * Code for `void normBackward(x, gain, mean, rstd, dOut, dX, rows, columns, rowEnd, const float *numbers, dGain, dBias,
 * accumulate)`, as in assembly/norm.ts, but that dGain and dBias are always added to; `accumulate` is for dX.
 */
export function normBackwardCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const [x, gain, mean, rstd, dOut, dX, rows, dGain, dBias] = [RDI, RSI, RDX, RCX, R8, R9, R12, R13, R14];
  const [normal, d, g, other, center, scale, average, dot] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const { code, row } = begin(vectorBits, rows);
  code.move(dGain, code.argument(10));
  code.move(dBias, code.argument(11));
  code.label("row");
  code.broadcast(scale, at(rstd));
  code.zero(center);
  row.where(mean, () => code.broadcast(center, at(mean)));
  code.zero(average);
  code.zero(dot);
  /** normal = (x - mean) rstd, g = dOut gain */
  const load = (lanes: Parameters<Parameters<MaskedRow["along"]>[1]>[0]) => {
    lanes.load(normal, x);
    code.vectorSubtract(normal, normal, center);
    code.vectorMultiply(normal, normal, scale);
    lanes.load(g, dOut);
    row.where(gain, () => {
      lanes.load(other, gain);
      code.vectorMultiply(g, g, other);
    });
  };
  row.along("sums", (lanes) => {
    load(lanes);
    code.vectorAdd(average, average, g);
    code.multiplyAdd(dot, g, normal);
    lanes.load(d, dOut);
    row.where(dGain, () => {
      lanes.load(other, dGain);
      code.multiplyAdd(other, d, normal);
      lanes.store(dGain, other);
    });
    row.where(dBias, () => {
      lanes.load(other, dBias);
      code.vectorAdd(other, other, d);
      lanes.store(dBias, other);
    });
  });
  row.combine("vectorAdd", average, other);
  row.combine("vectorAdd", dot, other);
  code.vectorDivide(average, average, count);
  code.vectorDivide(dot, dot, count);
  code.test(mean);
  code.jump("nz", "centered");
  code.zero(average);
  code.label("centered");
  row.where(dX, () => {
    const gradients = (name: string, add: boolean) =>
      row.along(name, (lanes) => {
        load(lanes);
        code.vectorSubtract(g, g, average);
        code.multiplySubtract(g, normal, dot);
        code.vectorMultiply(g, g, scale);
        if (add) {
          lanes.load(other, dX);
          code.vectorAdd(g, g, other);
        }
        lanes.store(dX, g);
      });
    code.move(left, code.argument(12));
    code.test(left);
    code.jump("nz", "adding");
    gradients("gradients", false);
    code.jump("always", "next");
    code.label("adding");
    gradients("added gradients", true);
    code.label("next");
    code.add(dX, columns);
  });
  row.where(mean, () => code.addConstant(mean, 4));
  code.addConstant(rstd, 4);
  code.add(x, columns);
  code.add(dOut, columns);
  return finish(code, rows);
}
