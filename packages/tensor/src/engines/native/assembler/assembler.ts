// Packed float32 in AVX2 (VEX) and AVX-512 (EVEX) form. Encodings are those of Intel's Software Developer's Manual, volume 2.
import { IntegerAssembler } from "./integer-assembler.js";
import { type Address, operand } from "./operand.js";
import { VECTOR, type VectorOp } from "./vector-ops.js";

/** The mask register of AVX-512, and its bit that zeroes the lanes that are left out. */
const K1 = 1;
const ZEROING = 0x80;
/** One number of memory stands for a whole vector. */
const SPREAD = 0x10;
/** How two numbers are compared. */
const NOT_LESS = 5;

/** Machine code being written. Vector registers are ymm0-15 or zmm0-31, by `vectorBits`. */
export class Assembler extends IntegerAssembler {
  readonly vectorBits: 256 | 512;

  constructor(vectorBits: 256 | 512) {
    super();
    this.vectorBits = vectorBits;
  }

  /** Ends the function that `enter` began: its code. */
  finish(): Uint8Array<ArrayBuffer> {
    this.restore();
    this.zeroUpper();
    this.ret();
    return this.code();
  }

  vectorLoad(to: number, from: Address): void {
    this.#vector(VECTOR.load, to, 0, from, this.vectorBits / 8);
  }

  vectorStore(to: Address, from: number): void {
    this.#vector(VECTOR.store, from, 0, to, this.vectorBits / 8);
  }

  /** All lanes of `to` = one float. */
  broadcast(to: number, from: Address): void {
    this.#vector(VECTOR.broadcast, to, 0, from, 4);
  }

  /** to += a * b, one rounding */
  multiplyAdd(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.fmadd231, to, a, b, this.vectorBits / 8);
  }

  /** to -= a * b, one rounding */
  multiplySubtract(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.fnmadd231, to, a, b, this.vectorBits / 8);
  }

  /** to = to * a + b, one rounding: a step of Horner's rule */
  multiplyThenAdd(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.fmadd213, to, a, b, this.vectorBits / 8);
  }

  vectorAdd(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.add, to, a, b, this.vectorBits / 8);
  }

  vectorSubtract(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.subtract, to, a, b, this.vectorBits / 8);
  }

  vectorMultiply(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.multiply, to, a, b, this.vectorBits / 8);
  }

  vectorDivide(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.divide, to, a, b, this.vectorBits / 8);
  }

  squareRoot(to: number, from: number | Address): void {
    this.#vector(VECTOR.squareRoot, to, 0, from, this.vectorBits / 8);
  }

  /** Doubles from half a vector of floats. */
  loadDoubles(to: number, from: Address): void {
    this.#vector(VECTOR.toDoubles, to, 0, from, this.vectorBits / 16);
  }

  /** Lanes as doubles. */
  addDoubles(to: number, a: number, b: number): void {
    this.#vector(VECTOR.addDoubles, to, a, b, this.vectorBits / 8);
  }

  /** Lanes as doubles: to += a * b */
  multiplyAddDoubles(to: number, a: number, b: number): void {
    this.#vector(VECTOR.fmadd231Doubles, to, a, b, this.vectorBits / 8);
  }

  /** The smaller of a and b, and b where one is NaN. */
  minimum(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.minimum, to, a, b, this.vectorBits / 8);
  }

  /** The larger of a and b, and b where one is NaN. */
  maximum(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.maximum, to, a, b, this.vectorBits / 8);
  }

  /** Lanes as 32-bit integers. */
  addIntegers(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.addIntegers, to, a, b, this.vectorBits / 8);
  }

  /** Lanes as 32-bit integers: the lower half of a * b. */
  multiplyIntegers(to: number, a: number, b: number): void {
    this.#vector(VECTOR.multiplyIntegers, to, a, b, this.vectorBits / 8);
  }

  /** to = from */
  copyVector(to: number, from: number): void {
    this.#vector(VECTOR.load, to, 0, from, 0);
  }

  /** Lanes as 32-bit integers without a sign: to = from >> bits */
  shiftLanesRight(to: number, from: number, bits: number): void {
    this.#vector(VECTOR.shift, 2, to, from, this.vectorBits / 8);
    this.bytes.push(bits);
  }

  /** 0 in the lanes where a < b, as 32-bit integers without a sign; `spare` is overwritten. */
  keepAtLeast(register: number, a: number, b: number, spare: number): void {
    if (this.vectorBits === 512) {
      this.#vector(VECTOR.compareUnsigned, K1, a, b, 0);
      this.bytes.push(NOT_LESS);
      this.keepLanes(register, K1);
      return;
    }
    this.#vector(VECTOR.maximumUnsigned, spare, a, b, 32);
    this.#vector(VECTOR.equalIntegers, spare, spare, a, 32);
    this.keepLanes(register, spare);
  }

  /** Lanes as 16-bit integers: to = from << bits, or from >> bits with its sign or without; AVX2 only. */
  shiftWords(direction: "left" | "right" | "right unsigned", to: number, from: number, bits: number): void {
    const extension = { left: 6, right: 4, "right unsigned": 2 }[direction];
    this.#vector(VECTOR.shiftWords, extension, to, from, 0);
    this.bytes.push(bits);
  }

  /** Lanes as 16-bit integers. */
  addWords(to: number, a: number, b: number): void {
    this.#vector(VECTOR.addWords, to, a, b, 0);
  }

  /** Lanes as 32-bit integers: to = the sum of the products of 2 signed words. */
  multiplyWords(to: number, a: number, b: number): void {
    this.#vector(VECTOR.multiplyWords, to, a, b, 0);
  }

  /** Lanes as 16-bit integers: to = the sum of the products of 2 unsigned and 2 signed bytes, as near as fits. */
  multiplyBytes(to: number, unsigned: number, signed: number): void {
    this.#vector(VECTOR.multiplyBytes, to, unsigned, signed, 0);
  }

  /** Lanes as 32-bit integers: to = from << bits */
  shiftLeft(to: number, from: number, bits: number): void {
    this.#vector(VECTOR.shift, 6, to, from, this.vectorBits / 8);
    this.bytes.push(bits);
  }

  xor(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.xor, to, a, b, this.vectorBits / 8);
  }

  and(to: number, a: number, b: number): void {
    this.#vector(VECTOR.andBits, to, a, b, this.vectorBits / 8);
  }

  /** Lanes of `to` = so many halves, as floats. */
  widenHalves(to: number, from: Address): void {
    this.#vector(VECTOR.widenHalves, to, 0, from, this.vectorBits / 16);
  }

  /** Lanes of `to` = so many signed bytes, as 32-bit integers. */
  widenBytes(to: number, from: Address): void {
    this.#vector(VECTOR.widenBytes, to, 0, from, this.vectorBits / 32);
  }

  /** Lanes of `to` = so many unsigned words of 16 bits, as 32-bit integers. */
  widenWords(to: number, from: Address): void {
    this.#vector(VECTOR.widenWords, to, 0, from, this.vectorBits / 16);
  }

  /** 32-bit integers as floats. */
  toFloats(to: number, from: number): void {
    this.#vector(VECTOR.toFloats, to, 0, from, this.vectorBits / 8);
  }

  /** In each 128 bits: a0 b0 a1 b1, or a2 b2 a3 b3. */
  interleave(half: "low" | "high", to: number, a: number, b: number): void {
    this.#vector(
      half === "low" ? VECTOR.interleaveLow : VECTOR.interleaveHigh,
      to,
      a,
      b,
      this.vectorBits / 8,
    );
  }

  /** In each 128 bits: a0 a1 b0 b1, or a2 a3 b2 b3. */
  interleavePairs(half: "low" | "high", to: number, a: number, b: number): void {
    const op = half === "low" ? VECTOR.interleaveLowPairs : VECTOR.interleaveHighPairs;
    this.#vector(op, to, a, b, this.vectorBits / 8);
  }

  /** The even 128 bits of a, then those of b; or else the odd ones. */
  quarters(which: "low" | "high", to: number, a: number, b: number): void {
    const wide = this.vectorBits === 512;
    this.#vector(wide ? VECTOR.permuteQuarters : VECTOR.permuteHalves, to, a, b, this.vectorBits / 8);
    this.bytes.push(which === "low" ? (wide ? 0x88 : 0x20) : wide ? 0xdd : 0x31);
  }

  /** Each 128 bits of `to` = the same 4 floats. */
  repeatQuarter(to: number, from: Address): void {
    this.#vector(VECTOR.repeatQuarter, to, 0, from, 16);
  }

  /** to = a with these 4 floats as its 128 bits of this number, the lowest being number 0. */
  insertQuarter(to: number, a: number, from: Address, number: number): void {
    this.#vector(VECTOR.insertQuarter, to, a, from, 16);
    this.bytes.push(number);
  }

  /** Stores 128 bits, the lowest being number 0. */
  storeQuarter(to: Address, from: number, number: number): void {
    this.#vector(VECTOR.storeQuarter, from, 0, to, 16);
    this.bytes.push(number);
  }

  /** Lanes as 32-bit integers: to += the sum of the products of 4 unsigned and 4 signed bytes. Needs VNNI. */
  dotBytes(to: number, unsigned: number, signed: number | Address): void {
    this.#vector(VECTOR.dotBytes, to, unsigned, signed, this.vectorBits / 8);
  }

  /** The same with the 4 signed bytes that are there for all lanes; 512 bits only. */
  dotBytesSpread(to: number, unsigned: number, signed: Address): void {
    this.#vector(VECTOR.dotBytes, to, unsigned, signed, 4, SPREAD);
  }

  /** to = a times the number that is there; 512 bits only. */
  multiplySpread(to: number, a: number, number: Address): void {
    this.#vector(VECTOR.multiply, to, a, number, 4, SPREAD);
  }

  /** to += the sum of the products of 2 numbers in bfloat16. Needs AVX512_BF16. */
  dotBfloat16(to: number, a: number, b: number | Address): void {
    this.#vector(VECTOR.dotBfloat16, to, a, b, this.vectorBits / 8);
  }

  /** The floats of `low` and then `high`, rounded to bfloat16. Needs AVX512_BF16. */
  toBfloat16(to: number, high: number, low: number | Address): void {
    this.#vector(VECTOR.toBfloat16, to, high, low, this.vectorBits / 8);
  }

  /** 16-bit lanes of `from` in the order of `index`; 512 bits only. */
  permuteWords(to: number, index: number, from: number): void {
    this.#vector(VECTOR.permuteWords, to, index, from, this.vectorBits / 8);
  }

  /** Mask number 1 to 7 = the lowest 16 bits of one of the first eight registers; 512 bits only. */
  setMask(number: number, from: number): void {
    this.bytes.push(0xc5, 0xf8, 0x92, 0xc0 | (number << 3) | from);
  }

  /** Loads the lanes of a mask by its number, and reads nothing else; the others are 0. */
  loadByMask(to: number, from: Address, number: number): void {
    this.#vector(VECTOR.load, to, 0, from, this.vectorBits / 8, ZEROING | number);
  }

  /**
   * Makes a mask of a register whose lanes have all bits set or none; the masked instructions below are given it. There is
   * one at a time: number 1.
   */
  makeMask(register: number): void {
    if (this.vectorBits === 512) this.#vector(VECTOR.testLanes, K1, register, register, 0);
  }

  /** The lanes of the mask; 0 in the others, whose memory is not touched. */
  maskedLoad(to: number, mask: number, from: Address): void {
    if (this.vectorBits === 512) this.#vector(VECTOR.load, to, 0, from, 64, K1 | ZEROING);
    else this.#vector(VECTOR.maskedLoad, to, mask, from, 32);
  }

  maskedStore(to: Address, mask: number, from: number): void {
    if (this.vectorBits === 512) this.#vector(VECTOR.store, from, 0, to, 64, K1);
    else this.#vector(VECTOR.maskedStore, from, mask, to, 32);
  }

  /** 0 in the lanes that are not the mask's. */
  keepLanes(register: number, mask: number): void {
    if (this.vectorBits === 512) this.#vector(VECTOR.load, register, 0, register, 64, K1 | ZEROING);
    else this.#vector(VECTOR.and, register, register, mask, 32);
  }

  /** The first lane of a register below 16. */
  storeFloat(to: Address, from: number): void {
    const [r, x, b] = [from, to.index ?? 0, to.base].map((register, i) => (register < 8 ? 0x80 >> i : 0));
    if (x && b) this.bytes.push(0xc5, r! | 0x7a);
    else this.bytes.push(0xc4, r! | x! | b! | 1, 0x7a);
    this.bytes.push(0x11, ...operand(from, to, 1));
  }

  /** Lane i of `to` = lane i ^ distance of `from`; the distance is a power of two. */
  swapLanes(to: number, from: number, distance: number): void {
    const halves = distance === 4 && this.vectorBits === 256;
    const op = distance < 4 ? VECTOR.shuffle : halves ? VECTOR.permuteHalves : VECTOR.permuteQuarters;
    const part = distance < 4 ? distance : distance / 4;
    const order = [0, 1, 2, 3].reduce((bits, i) => bits | ((i ^ part) << (2 * i)), 0);
    this.#vector(op, to, from, from, 0);
    this.bytes.push(halves ? 1 : order);
  }

  /** All lanes 0. */
  zero(register: number): void {
    this.#vector(VECTOR.xor, register, register, register, this.vectorBits / 8);
  }

  /** Clears the upper halves, so that code with the older encodings runs at full speed behind this. */
  zeroUpper(): void {
    this.bytes.push(0xc5, 0xf8, 0x77);
  }

  /**
   * `unit` is what EVEX counts short displacements in: the bytes of memory that the instruction reads or writes; `mask` its
   * mask register and what becomes of the other lanes, or SPREAD.
   */
  #vector(
    op: VectorOp,
    register: number,
    second: number,
    third: number | Address,
    unit: number,
    mask = 0,
  ): void {
    const evex = this.vectorBits === 512;
    const isRegister = typeof third === "number";
    const base = isRegister ? third : third.base;
    const index = isRegister ? 0 : (third.index ?? 0);
    // VEX ignores it in the first map.
    const wide = op.wide && (evex || op.map !== 1) ? 0x80 : 0;
    const inverted = (bit: number, place: number) => (bit & 1 ? 0 : 1 << place);
    const r = inverted(register >> 3, 7);
    // A register in the third place has its fifth bit where an address has its index.
    const x = inverted(isRegister ? base >> 4 : index >> 3, 6);
    const b = inverted(base >> 3, 5);
    if (evex) {
      this.bytes.push(
        0x62,
        r | x | b | inverted(register >> 4, 4) | op.map,
        wide | ((~second & 15) << 3) | 4 | op.prefix,
        0x40 | inverted(second >> 4, 3) | mask,
      );
    } else if (op.map === 1 && x && b) {
      this.bytes.push(0xc5, r | ((~second & 15) << 3) | 4 | op.prefix);
    } else {
      this.bytes.push(0xc4, r | x | b | op.map, wide | ((~second & 15) << 3) | 4 | op.prefix);
    }
    this.bytes.push(op.opcode);
    if (isRegister) this.bytes.push(0xc0 | ((register & 7) << 3) | (third & 7));
    else this.bytes.push(...operand(register, third, evex ? unit : 1));
  }
}
