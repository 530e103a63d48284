import { Assembler } from "./assembler.js";
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
} from "./operand.js";
import { addAcross } from "./quantized-code.js";

/** Rows of a weight that the code takes at a time. */
const WEIGHT_ROWS = 4;
const SAVED = [RBX, RBP, R12, R13, R14, R15];
const ON_STACK = ["out", "outStride", "rowTiles", "columns", "groups"] as const;
/** 128 in each byte. */
const OFFSETS = 0x80808080 | 0;

/** Rows of x that the code takes at a time: with those of the weight, as many results as a vector has. */
export const int8RowsAtOnce = (vectorBits: 256 | 512): number => vectorBits / 32 / WEIGHT_ROWS;

/**
 * Code for `void multiply(x, inputScales, corrections, values, scales, bias, out, outStride, rowTiles, columns, groups)` in
 * the System V calling convention: out[r, j] = inputScales[r] scales[j] (x[r] . values[j]) + bias[j] for x and values of
 * signed bytes, `int8RowsAtOnce` rows of x times `rowTiles`, 4 rows of the weight times `groups`. Columns are whole vectors,
 * `outStride` is in bytes, without a bias its address is 0. Needs VNNI.
 *
 * VNNI multiplies unsigned by signed bytes, so 128 is added to the weight: each sum is 128 times that of x too large, which
 * `corrections` take off again. They and the scales of the inputs are there four times for each row.
 */
export function int8Code(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const bytes = vectorBits / 8;
  const rows = int8RowsAtOnce(vectorBits);
  const lanes = rows * WEIGHT_ROWS;
  const [x, inputScales, corrections, values, scales, bias] = [RDI, RSI, RDX, RCX, R8, R9];
  const [columns, threeRows, xAt, valuesAt, left] = [RBX, RBP, R10, R11, RAX];
  const [xTile, outAt, tilesLeft, row] = [R12, R13, R14, R15];
  const onStack = (argument: (typeof ON_STACK)[number], pushed: number) =>
    at(RSP, (SAVED.length + pushed + 1 + ON_STACK.indexOf(argument)) * 8);
  /** Row number i of four, `columns` bytes apart. */
  const place = (base: number, i: number) =>
    i === 0 ? at(base) : i === 3 ? { base, index: threeRows } : { base, index: columns, scale: i as 1 | 2 };
  /** Vector registers behind those of the sums. */
  const weight = (i: number) => lanes + i;
  const offsets = lanes + WEIGHT_ROWS;
  const input = offsets + 1;

  for (const register of SAVED) code.push(register);
  code.pushConstant(OFFSETS);
  code.broadcast(offsets, at(RSP));
  code.pop(RAX);
  code.move(columns, onStack("columns", 0));
  code.address(threeRows, { base: columns, index: columns, scale: 2 });

  code.label("group");
  code.push(inputScales);
  code.push(corrections);
  code.move(xTile, x);
  code.move(outAt, onStack("out", 2));
  code.move(tilesLeft, onStack("rowTiles", 2));

  code.label("tile");
  code.move(xAt, xTile);
  code.move(valuesAt, values);
  for (let sum = 0; sum < lanes; sum++) code.zero(sum);
  code.move(left, columns);
  code.shiftRight(left, Math.log2(bytes));
  code.label("step");
  for (let i = 0; i < WEIGHT_ROWS; i++) code.xor(weight(i), offsets, place(valuesAt, i));
  for (let r = 0; r < rows; r++) {
    code.vectorLoad(input, place(xAt, r));
    for (let i = 0; i < WEIGHT_ROWS; i++) code.dotBytes(r * WEIGHT_ROWS + i, weight(i), input);
  }
  code.addConstant(xAt, bytes);
  code.addConstant(valuesAt, bytes);
  code.decrement(left);
  code.jump("nz", "step");

  addAcross(code, lanes, "addIntegers");
  code.addIntegers(0, 0, at(corrections));
  code.toFloats(0, 0);
  code.repeatQuarter(input, at(scales));
  code.vectorMultiply(input, input, at(inputScales));
  code.vectorMultiply(0, 0, input);
  code.zero(input);
  code.test(bias);
  code.jump("z", "add");
  code.repeatQuarter(input, at(bias));
  code.label("add");
  code.vectorAdd(0, 0, input);
  for (let r = 0; r < rows; r++) {
    code.storeQuarter(at(outAt), 0, r);
    code.add(outAt, onStack("outStride", 2));
    code.add(xTile, columns);
  }
  code.addConstant(inputScales, bytes);
  code.addConstant(corrections, bytes);
  code.decrement(tilesLeft);
  code.jump("nz", "tile");

  code.pop(corrections);
  code.pop(inputScales);
  for (let i = 0; i < WEIGHT_ROWS; i++) code.add(values, columns);
  code.addConstant(scales, WEIGHT_ROWS * 4);
  code.move(row, onStack("out", 0));
  code.addConstant(row, WEIGHT_ROWS * 4);
  code.store(onStack("out", 0), row);
  code.test(bias);
  code.jump("z", "next");
  code.addConstant(bias, WEIGHT_ROWS * 4);
  code.label("next");
  code.move(row, onStack("groups", 0));
  code.decrement(row);
  code.store(onStack("groups", 0), row);
  code.test(row);
  code.jump("nz", "group");

  for (const register of SAVED.toReversed()) code.pop(register);
  code.zeroUpper();
  code.ret();
  return code.code();
}
