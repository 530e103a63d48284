import type { QuantizedInputs } from "../../../kernel-arguments.js";
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
  RSP,
} from "../assembler/operand.js";
import { addAcross } from "./quantized-row.js";

/** Rows of a weight that the code takes at a time. */
const WEIGHT_ROWS = 4;
const ON_STACK = ["out", "outStride", "rowTiles", "columns", "groups"] as const;
/** 128 in each byte. */
const OFFSETS = 0x80808080 | 0;

/** Rows of x that the code takes at a time: with those of the weight, as many results as a vector has. */
export const tileRows = (vectorBits: 256 | 512): number => vectorBits / 32 / WEIGHT_ROWS;

/**
 * Code for `void multiply(x, inputScales, corrections, values, scales, bias, out, outStride, rowTiles, columns, groups)` in
 * the System V calling convention: out[r, j] = scales[j] (x[r] . values[j]) + bias[j], for `rowTiles` of `tileRows` rows of x
 * and `groups` of 4 rows of the weight. The weight is signed bytes, x floats or signed bytes; columns are whole
 * vectors of x, `outStride` is in bytes, without a bias its address is 0.
 *
 * Bytes times bytes need VNNI, which multiplies unsigned by signed ones, so 128 is added to the weight: each sum is 128 times
 * that of x too large, which `corrections` take off again; then it is multiplied by inputScales[r] too. Both are
 * there four times for each row. Floats have neither.
 */
export function quantizedTileCode(vectorBits: 256 | 512, inputs: QuantizedInputs): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const bytes = vectorBits / 8;
  const rows = tileRows(vectorBits);
  const lanes = rows * WEIGHT_ROWS;
  const int8 = inputs === "int8";
  /** Bytes of a number of x. */
  const size = int8 ? 1 : 4;
  const [x, inputScales, corrections, values, scales, bias] = [RDI, RSI, RDX, RCX, R8, R9];
  const [columns, threeRows, xAt, valuesAt, left] = [RBX, RBP, R10, R11, RAX];
  const [xTile, outAt, tilesLeft, row] = [R12, R13, R14, R15];
  const onStack = (argument: (typeof ON_STACK)[number]) => code.argument(6 + ON_STACK.indexOf(argument));
  /** Row number i of four, of `columns` numbers. */
  const place = (base: number, i: number, size: 1 | 4) =>
    i === 0
      ? at(base)
      : i === 3
        ? { base, index: threeRows, scale: size }
        : { base, index: columns, scale: (i * size) as 1 | 2 | 4 | 8 };
  /** Vector registers behind those of the sums. */
  const weight = (i: number) => lanes + i;
  const offsets = lanes + WEIGHT_ROWS;
  const input = offsets + 1;

  code.enter(RBX, RBP, R12, R13, R14, R15);
  if (int8) {
    code.pushConstant(OFFSETS);
    code.broadcast(offsets, at(RSP));
    code.pop(RAX);
  }
  code.move(columns, onStack("columns"));
  code.address(threeRows, { base: columns, index: columns, scale: 2 });

  code.label("group");
  code.push(inputScales);
  code.push(corrections);
  code.move(xTile, x);
  code.move(outAt, onStack("out"));
  code.move(tilesLeft, onStack("rowTiles"));

  code.label("tile");
  code.move(xAt, xTile);
  code.move(valuesAt, values);
  for (let sum = 0; sum < lanes; sum++) code.zero(sum);
  code.move(left, columns);
  code.shiftRight(left, Math.log2(bytes / size));
  code.label("step");
  for (let i = 0; i < WEIGHT_ROWS; i++) {
    if (int8) code.xor(weight(i), offsets, place(valuesAt, i, 1));
    else {
      code.widenBytes(weight(i), place(valuesAt, i, 1));
      code.toFloats(weight(i), weight(i));
    }
  }
  for (let r = 0; r < rows; r++) {
    code.vectorLoad(input, place(xAt, r, size));
    for (let i = 0; i < WEIGHT_ROWS; i++) {
      code[int8 ? "dotBytes" : "multiplyAdd"](r * WEIGHT_ROWS + i, weight(i), input);
    }
  }
  code.addConstant(xAt, bytes);
  code.addConstant(valuesAt, bytes / size);
  code.decrement(left);
  code.jump("nz", "step");

  addAcross(code, lanes, int8 ? "addIntegers" : "vectorAdd");
  code.repeatQuarter(input, at(scales));
  if (int8) {
    code.addIntegers(0, 0, at(corrections));
    code.toFloats(0, 0);
    code.vectorMultiply(input, input, at(inputScales));
    code.addConstant(inputScales, bytes);
    code.addConstant(corrections, bytes);
  }
  code.vectorMultiply(0, 0, input);
  code.zero(input);
  code.test(bias);
  code.jump("z", "add");
  code.repeatQuarter(input, at(bias));
  code.label("add");
  code.vectorAdd(0, 0, input);
  for (let r = 0; r < rows; r++) {
    code.storeQuarter(at(outAt), 0, r);
    code.add(outAt, onStack("outStride"));
    code.address(xTile, { base: xTile, index: columns, scale: size });
  }
  code.decrement(tilesLeft);
  code.jump("nz", "tile");

  code.pop(corrections);
  code.pop(inputScales);
  for (let i = 0; i < WEIGHT_ROWS; i++) code.add(values, columns);
  code.addConstant(scales, WEIGHT_ROWS * 4);
  code.move(row, onStack("out"));
  code.addConstant(row, WEIGHT_ROWS * 4);
  code.store(onStack("out"), row);
  code.test(bias);
  code.jump("z", "next");
  code.addConstant(bias, WEIGHT_ROWS * 4);
  code.label("next");
  code.move(row, onStack("groups"));
  code.decrement(row);
  code.store(onStack("groups"), row);
  code.test(row);
  code.jump("nz", "group");

  return code.finish();
}
