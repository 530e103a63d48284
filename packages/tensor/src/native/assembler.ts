// As much of an x86-64 assembler as the kernels need: 64-bit integer arithmetic, jumps, and packed float32 in AVX2 (VEX)
// and AVX-512 (EVEX) form. Encodings are those of Intel's Software Developer's Manual, volume 2.
import { type Address, int32, operand } from "./operand.js";

/** How the processor jumps: "z" if the last result was zero, "nz" if not. */
type Condition = "z" | "nz";
const CONDITIONS: Record<Condition, number> = { z: 0x84, nz: 0x85 };

/**
 * A vector instruction: opcode map (1: 0F, 2: 0F38, 3: 0F3A), mandatory prefix (0: none, 1: 66, 2: F3, 3: F2), opcode; and
 * whether it has EVEX.W.
 */
interface VectorOp {
  map: 1 | 2 | 3;
  prefix: 0 | 1 | 2 | 3;
  opcode: number;
  wide?: true;
}

const LOAD: VectorOp = { map: 1, prefix: 0, opcode: 0x10 };
const STORE: VectorOp = { map: 1, prefix: 0, opcode: 0x11 };
const BROADCAST: VectorOp = { map: 2, prefix: 1, opcode: 0x18 };
const FMADD231: VectorOp = { map: 2, prefix: 1, opcode: 0xb8 };
const FMADD213: VectorOp = { map: 2, prefix: 1, opcode: 0xa8 };
const FNMADD231: VectorOp = { map: 2, prefix: 1, opcode: 0xbc };
const ADD: VectorOp = { map: 1, prefix: 0, opcode: 0x58 };
const MULTIPLY: VectorOp = { map: 1, prefix: 0, opcode: 0x59 };
const SUBTRACT: VectorOp = { map: 1, prefix: 0, opcode: 0x5c };
const MINIMUM: VectorOp = { map: 1, prefix: 0, opcode: 0x5d };
const DIVIDE: VectorOp = { map: 1, prefix: 0, opcode: 0x5e };
const MAXIMUM: VectorOp = { map: 1, prefix: 0, opcode: 0x5f };
const ADD_INTEGERS: VectorOp = { map: 1, prefix: 1, opcode: 0xfe };
const SHIFT: VectorOp = { map: 1, prefix: 1, opcode: 0x72 };
const XOR: VectorOp = { map: 1, prefix: 1, opcode: 0xef };
const WIDEN_BYTES: VectorOp = { map: 2, prefix: 1, opcode: 0x21 };
const TO_FLOATS: VectorOp = { map: 1, prefix: 0, opcode: 0x5b };
const INTERLEAVE_LOW: VectorOp = { map: 1, prefix: 0, opcode: 0x14 };
const INTERLEAVE_HIGH: VectorOp = { map: 1, prefix: 0, opcode: 0x15 };
const INTERLEAVE_LOW_PAIRS: VectorOp = { map: 1, prefix: 1, opcode: 0x14, wide: true };
const INTERLEAVE_HIGH_PAIRS: VectorOp = { map: 1, prefix: 1, opcode: 0x15, wide: true };
const SHUFFLE_QUARTERS: VectorOp = { map: 3, prefix: 1, opcode: 0x23 };
const SHUFFLE_HALVES: VectorOp = { map: 3, prefix: 1, opcode: 0x06 };
const REPEAT_QUARTER: VectorOp = { map: 2, prefix: 1, opcode: 0x1a };
const STORE_QUARTER: VectorOp = { map: 3, prefix: 1, opcode: 0x19 };
const DOT_BYTES: VectorOp = { map: 2, prefix: 1, opcode: 0x50 };
const DOT_BFLOAT16: VectorOp = { map: 2, prefix: 2, opcode: 0x52 };
const TO_BFLOAT16: VectorOp = { map: 2, prefix: 3, opcode: 0x72 };
const PERMUTE_WORDS: VectorOp = { map: 2, prefix: 1, opcode: 0x8d, wide: true };

/** Machine code being written. Vector registers are ymm0-15 or zmm0-31, by `vectorBits`. */
export class Assembler {
  readonly vectorBits: 256 | 512;
  readonly #bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #jumps: { at: number; label: string }[] = [];

  constructor(vectorBits: 256 | 512) {
    this.vectorBits = vectorBits;
  }

  /** The code, with its jumps resolved. */
  code(): Uint8Array<ArrayBuffer> {
    const code = Uint8Array.from(this.#bytes);
    const view = new DataView(code.buffer);
    for (const { at, label } of this.#jumps) {
      const target = this.#labels.get(label);
      if (target === undefined) throw new Error(`There is no label ${label}.`);
      view.setInt32(at, target - (at + 4), true);
    }
    return code;
  }

  label(name: string): void {
    if (this.#labels.has(name)) throw new Error(`The label ${name} is there already.`);
    this.#labels.set(name, this.#bytes.length);
  }

  jump(condition: Condition | "always", label: string): void {
    if (condition === "always") this.#bytes.push(0xe9);
    else this.#bytes.push(0x0f, CONDITIONS[condition]);
    this.#jumps.push({ at: this.#bytes.length, label });
    this.#bytes.push(0, 0, 0, 0);
  }

  push(register: number): void {
    if (register > 7) this.#bytes.push(0x41);
    this.#bytes.push(0x50 | (register & 7));
  }

  pop(register: number): void {
    if (register > 7) this.#bytes.push(0x41);
    this.#bytes.push(0x58 | (register & 7));
  }

  /** Pushes 64 bits: a number of 32, with its sign. */
  pushConstant(value: number): void {
    this.#bytes.push(0x68, ...int32(value));
  }

  ret(): void {
    this.#bytes.push(0xc3);
  }

  /** to = from */
  move(to: number, from: number | Address): void {
    if (typeof from === "number") this.#registers(0x89, from, to);
    else this.#memory([0x8b], to, from);
  }

  /** What is at the address = register */
  store(to: Address, from: number): void {
    this.#memory([0x89], from, to);
  }

  /** to = the address itself */
  address(to: number, from: Address): void {
    this.#memory([0x8d], to, from);
  }

  /** to += from */
  add(to: number, from: number | Address): void {
    if (typeof from === "number") this.#registers(0x01, from, to);
    else this.#memory([0x03], to, from);
  }

  /** to += value */
  addConstant(to: number, value: number): void {
    this.#bytes.push(0x48 | (to >> 3), 0x81, 0xc0 | (to & 7), ...int32(value));
  }

  /** to = from * value */
  multiplyConstant(to: number, from: number, value: number): void {
    this.#bytes.push(
      0x48 | ((to >> 3) << 2) | (from >> 3),
      0x69,
      0xc0 | ((to & 7) << 3) | (from & 7),
      ...int32(value),
    );
  }

  /** register &= value */
  andConstant(register: number, value: number): void {
    this.#bytes.push(0x48 | (register >> 3), 0x81, 0xe0 | (register & 7), ...int32(value));
  }

  /** register >>= bits, filling with zeros */
  shiftRight(register: number, bits: number): void {
    this.#bytes.push(0x48 | (register >> 3), 0xc1, 0xe8 | (register & 7), bits);
  }

  decrement(register: number): void {
    this.#bytes.push(0x48 | (register >> 3), 0xff, 0xc8 | (register & 7));
  }

  /** Sets the condition: zero if the register is. */
  test(register: number): void {
    this.#registers(0x85, register, register);
  }

  /** Asks for the cache line. */
  prefetch(from: Address): void {
    this.#memory([0x0f, 0x18], 1, from, false);
  }

  vectorLoad(to: number, from: Address): void {
    this.#vector(LOAD, to, 0, from, this.vectorBits / 8);
  }

  vectorStore(to: Address, from: number): void {
    this.#vector(STORE, from, 0, to, this.vectorBits / 8);
  }

  /** All lanes of `to` = one float. */
  broadcast(to: number, from: Address): void {
    this.#vector(BROADCAST, to, 0, from, 4);
  }

  /** to += a * b, one rounding */
  multiplyAdd(to: number, a: number, b: number | Address): void {
    this.#vector(FMADD231, to, a, b, this.vectorBits / 8);
  }

  /** to -= a * b, one rounding */
  multiplySubtract(to: number, a: number, b: number | Address): void {
    this.#vector(FNMADD231, to, a, b, this.vectorBits / 8);
  }

  /** to = to * a + b, one rounding: a step of Horner's rule */
  multiplyThenAdd(to: number, a: number, b: number | Address): void {
    this.#vector(FMADD213, to, a, b, this.vectorBits / 8);
  }

  vectorAdd(to: number, a: number, b: number | Address): void {
    this.#vector(ADD, to, a, b, this.vectorBits / 8);
  }

  vectorSubtract(to: number, a: number, b: number | Address): void {
    this.#vector(SUBTRACT, to, a, b, this.vectorBits / 8);
  }

  vectorMultiply(to: number, a: number, b: number | Address): void {
    this.#vector(MULTIPLY, to, a, b, this.vectorBits / 8);
  }

  vectorDivide(to: number, a: number, b: number | Address): void {
    this.#vector(DIVIDE, to, a, b, this.vectorBits / 8);
  }

  /** The smaller of a and b, and b where one is NaN. */
  minimum(to: number, a: number, b: number | Address): void {
    this.#vector(MINIMUM, to, a, b, this.vectorBits / 8);
  }

  /** The larger of a and b, and b where one is NaN. */
  maximum(to: number, a: number, b: number | Address): void {
    this.#vector(MAXIMUM, to, a, b, this.vectorBits / 8);
  }

  /** Lanes as 32-bit integers. */
  addIntegers(to: number, a: number, b: number | Address): void {
    this.#vector(ADD_INTEGERS, to, a, b, this.vectorBits / 8);
  }

  /** Lanes as 32-bit integers: to = from << bits */
  shiftLeft(to: number, from: number, bits: number): void {
    this.#vector(SHIFT, 6, to, from, this.vectorBits / 8);
    this.#bytes.push(bits);
  }

  xor(to: number, a: number, b: number | Address): void {
    this.#vector(XOR, to, a, b, this.vectorBits / 8);
  }

  /** Lanes of `to` = so many signed bytes, as 32-bit integers. */
  widenBytes(to: number, from: Address): void {
    this.#vector(WIDEN_BYTES, to, 0, from, this.vectorBits / 32);
  }

  /** 32-bit integers as floats. */
  toFloats(to: number, from: number): void {
    this.#vector(TO_FLOATS, to, 0, from, this.vectorBits / 8);
  }

  /** In each 128 bits: a0 b0 a1 b1, or a2 b2 a3 b3. */
  interleave(half: "low" | "high", to: number, a: number, b: number): void {
    this.#vector(half === "low" ? INTERLEAVE_LOW : INTERLEAVE_HIGH, to, a, b, this.vectorBits / 8);
  }

  /** In each 128 bits: a0 a1 b0 b1, or a2 a3 b2 b3. */
  interleavePairs(half: "low" | "high", to: number, a: number, b: number): void {
    const op = half === "low" ? INTERLEAVE_LOW_PAIRS : INTERLEAVE_HIGH_PAIRS;
    this.#vector(op, to, a, b, this.vectorBits / 8);
  }

  /** The even 128 bits of a, then those of b; or else the odd ones. */
  quarters(which: "low" | "high", to: number, a: number, b: number): void {
    const wide = this.vectorBits === 512;
    this.#vector(wide ? SHUFFLE_QUARTERS : SHUFFLE_HALVES, to, a, b, this.vectorBits / 8);
    this.#bytes.push(which === "low" ? (wide ? 0x88 : 0x20) : wide ? 0xdd : 0x31);
  }

  /** Each 128 bits of `to` = the same 4 floats. */
  repeatQuarter(to: number, from: Address): void {
    this.#vector(REPEAT_QUARTER, to, 0, from, 16);
  }

  /** Stores 128 bits, the lowest being number 0. */
  storeQuarter(to: Address, from: number, number: number): void {
    this.#vector(STORE_QUARTER, from, 0, to, 16);
    this.#bytes.push(number);
  }

  /** Lanes as 32-bit integers: to += the sum of the products of 4 unsigned and 4 signed bytes. Needs VNNI. */
  dotBytes(to: number, unsigned: number, signed: number | Address): void {
    this.#vector(DOT_BYTES, to, unsigned, signed, this.vectorBits / 8);
  }

  /** to += the sum of the products of 2 numbers in bfloat16. Needs AVX512_BF16. */
  dotBfloat16(to: number, a: number, b: number | Address): void {
    this.#vector(DOT_BFLOAT16, to, a, b, this.vectorBits / 8);
  }

  /** The floats of `low` and `high` one behind the other, rounded to bfloat16. Needs AVX512_BF16. */
  toBfloat16(to: number, high: number, low: number | Address): void {
    this.#vector(TO_BFLOAT16, to, high, low, this.vectorBits / 8);
  }

  /** 16-bit lanes of `from` in the order of `index`; 512 bits only. */
  permuteWords(to: number, index: number, from: number): void {
    this.#vector(PERMUTE_WORDS, to, index, from, this.vectorBits / 8);
  }

  /** Mask number 1 to 7 = the lowest 16 bits of one of the first eight registers; 512 bits only. */
  mask(number: number, from: number): void {
    this.#bytes.push(0xc5, 0xf8, 0x92, 0xc0 | (number << 3) | from);
  }

  /** Loads the lanes of a mask, and reads nothing else; the others are 0. */
  maskedLoad(to: number, from: Address, mask: number): void {
    this.#vector(LOAD, to, 0, from, this.vectorBits / 8, 0x80 | mask);
  }

  /** All lanes 0. */
  zero(register: number): void {
    this.#vector(XOR, register, register, register, this.vectorBits / 8);
  }

  /** Clears the upper halves, so that code with the older encodings runs at full speed behind this. */
  zeroUpper(): void {
    this.#bytes.push(0xc5, 0xf8, 0x77);
  }

  /** opcode r/m64, r64 */
  #registers(opcode: number, register: number, rm: number): void {
    this.#bytes.push(
      0x48 | ((register >> 3) << 2) | (rm >> 3),
      opcode,
      0xc0 | ((register & 7) << 3) | (rm & 7),
    );
  }

  /** opcode r64, m64 */
  #memory(opcode: readonly number[], register: number, address: Address, wide = true): void {
    const { base, index = 0 } = address;
    const rex = 0x40 | (wide ? 8 : 0) | ((register >> 3) << 2) | ((index >> 3) << 1) | (base >> 3);
    if (rex !== 0x40) this.#bytes.push(rex);
    this.#bytes.push(...opcode, ...operand(register, address, 1));
  }

  /**
   * `unit` is what EVEX counts short displacements in: the bytes of memory that the instruction reads or writes. `mask` is
   * EVEX's number of a mask, and 0x80 to clear what it leaves out.
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
    const inverted = (bit: number, place: number) => (bit & 1 ? 0 : 1 << place);
    const r = inverted(register >> 3, 7);
    // A register in the third place has its fifth bit where an address has its index.
    const x = inverted(isRegister ? base >> 4 : index >> 3, 6);
    const b = inverted(base >> 3, 5);
    if (evex) {
      this.#bytes.push(
        0x62,
        r | x | b | inverted(register >> 4, 4) | op.map,
        (op.wide ? 0x80 : 0) | ((~second & 15) << 3) | 4 | op.prefix,
        0x40 | inverted(second >> 4, 3) | mask,
      );
    } else if (op.map === 1 && x && b) {
      this.#bytes.push(0xc5, r | ((~second & 15) << 3) | 4 | op.prefix);
    } else {
      this.#bytes.push(0xc4, r | x | b | op.map, ((~second & 15) << 3) | 4 | op.prefix);
    }
    this.#bytes.push(op.opcode);
    if (isRegister) this.#bytes.push(0xc0 | ((register & 7) << 3) | (third & 7));
    else this.#bytes.push(...operand(register, third, evex ? unit : 1));
  }
}
