import { Assembler } from "../assembler/assembler.js";
import { at, R8, R9, R10, RAX, RCX, RDI, RDX, RSI } from "../assembler/operand.js";

/** The factors of `scramble` in random-numbers.ts. */
const FACTORS = [0x21f0aaad, 0xd35a2d97 | 0] as const;

/** The number of each lane, how many there are, and the factors, each in a vector: the code is given the address of these. */
export function dropoutConstants(vectorBits: 256 | 512): Uint8Array {
  const lanes = vectorBits / 32;
  const numbers = Array.from({ length: lanes }, (_, i) => i);
  const spread = [lanes, ...FACTORS].flatMap((value) => Array<number>(lanes).fill(value));
  return new Uint8Array(Int32Array.from([...numbers, ...spread]).buffer);
}

/**
 * Code for `void drop(row, stride, rows, bytes, numbers, constants, uint32_t index)` in the System V calling convention: each
 * row's weights, of which there are `bytes` in the first and one float more in each that follows, are kept and multiplied, or
 * become 0, up to the end of a vector. `numbers` are the threshold of the random words, the factor, the two words of the key, and
 * by how much the first element's index goes up from row to row; `index` is that of the first row.
 */
export function dropoutCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const size = vectorBits / 8;
  const [row, stride, rows, bytes, numbers, constants, place, left] = [
    RDI,
    RSI,
    RDX,
    RCX,
    R8,
    R9,
    RAX,
    R10,
  ] as const;
  const [threshold, factor, key0, key1, step] = [0, 1, 2, 3, 4] as const;
  const [lanes, first, second] = [5, 6, 7] as const;
  const [rowIndex, index, bits, shifted, x] = [8, 9, 10, 11, 12] as const;
  const scramble = () => {
    for (const [shift, by] of [
      [16, first],
      [15, second],
    ] as const) {
      code.shiftLanesRight(shifted, bits, shift);
      code.xor(bits, bits, shifted);
      code.multiplyIntegers(bits, bits, by);
    }
    code.shiftLanesRight(shifted, bits, 15);
    code.xor(bits, bits, shifted);
  };
  for (const [i, register] of [threshold, factor, key0, key1, step].entries()) {
    code.broadcast(register, at(numbers, 4 * i));
  }
  for (const [i, register] of [lanes, first, second].entries()) {
    code.vectorLoad(register, at(constants, (i + 1) * size));
  }
  code.broadcast(rowIndex, code.argument(6));
  code.addIntegers(rowIndex, rowIndex, at(constants));
  code.label("row");
  code.move(place, row);
  code.address(left, at(bytes, size - 1));
  code.shiftRight(left, Math.log2(size));
  code.copyVector(index, rowIndex);
  code.label("vector");
  code.xor(bits, index, key0);
  scramble();
  code.addIntegers(bits, bits, key1);
  scramble();
  code.vectorMultiply(x, factor, at(place));
  code.keepAtLeast(x, bits, threshold, shifted);
  code.vectorStore(at(place), x);
  code.addIntegers(index, index, lanes);
  code.addConstant(place, size);
  code.decrement(left);
  code.jump("nz", "vector");
  code.addIntegers(rowIndex, rowIndex, step);
  code.addConstant(bytes, 4);
  code.add(row, stride);
  code.decrement(rows);
  code.jump("nz", "row");
  return code.finish();
}
