// As much of an x86-64 assembler as the kernels need: 64-bit integer arithmetic, jumps, and packed float32 in AVX2 (VEX)
// and AVX-512 (EVEX) form. Encodings are those of Intel's Software Developer's Manual, volume 2.
import { type Address, int32, operand } from "./operand.js";

/** How the processor jumps: "z" if the last result was zero, "n" if it was negative, "nz" and "nn" if not. */
type Condition = "z" | "nz" | "n" | "nn";
const CONDITIONS: Record<Condition, number> = { z: 0x84, nz: 0x85, n: 0x88, nn: 0x89 };

/** A vector instruction: opcode map (1: 0F, 2: 0F38, 3: 0F3A), mandatory prefix (0: none, 1: 66), opcode, whether lanes have 64 bits. */
interface VectorOp {
  map: 1 | 2 | 3;
  prefix: 0 | 1;
  opcode: number;
  wide?: boolean;
}

const LOAD: VectorOp = { map: 1, prefix: 0, opcode: 0x10 };
const STORE: VectorOp = { map: 1, prefix: 0, opcode: 0x11 };
const BROADCAST: VectorOp = { map: 2, prefix: 1, opcode: 0x18 };
const FMADD231: VectorOp = { map: 2, prefix: 1, opcode: 0xb8 };
const FMADD213: VectorOp = { map: 2, prefix: 1, opcode: 0xa8 };
const FNMADD231: VectorOp = { map: 2, prefix: 1, opcode: 0xbc };
const SQUARE_ROOT: VectorOp = { map: 1, prefix: 0, opcode: 0x51 };
const TO_DOUBLES: VectorOp = { map: 1, prefix: 0, opcode: 0x5a };
const ADD_DOUBLES: VectorOp = { map: 1, prefix: 1, opcode: 0x58, wide: true };
const FMADD231_DOUBLES: VectorOp = { map: 2, prefix: 1, opcode: 0xb8, wide: true };
const ADD: VectorOp = { map: 1, prefix: 0, opcode: 0x58 };
const MULTIPLY: VectorOp = { map: 1, prefix: 0, opcode: 0x59 };
const SUBTRACT: VectorOp = { map: 1, prefix: 0, opcode: 0x5c };
const MINIMUM: VectorOp = { map: 1, prefix: 0, opcode: 0x5d };
const DIVIDE: VectorOp = { map: 1, prefix: 0, opcode: 0x5e };
const MAXIMUM: VectorOp = { map: 1, prefix: 0, opcode: 0x5f };
const SHIFT: VectorOp = { map: 1, prefix: 1, opcode: 0x72 };
/** Chooses among the four floats of each 128 bits. */
const SHUFFLE: VectorOp = { map: 1, prefix: 0, opcode: 0xc6 };
/** Choose among the parts of 128 bits: vperm2f128 of two, vshuff32x4 of four. */
const PERMUTE_HALVES: VectorOp = { map: 3, prefix: 1, opcode: 0x06 };
const PERMUTE_QUARTERS: VectorOp = { map: 3, prefix: 1, opcode: 0x23 };
const XOR: VectorOp = { map: 1, prefix: 1, opcode: 0xef };
const AND: VectorOp = { map: 1, prefix: 0, opcode: 0x54 };
const TEST_LANES: VectorOp = { map: 2, prefix: 1, opcode: 0x27 };
const MASKED_LOAD: VectorOp = { map: 2, prefix: 1, opcode: 0x2c };
const MASKED_STORE: VectorOp = { map: 2, prefix: 1, opcode: 0x2e };

/** The mask register of AVX-512, and its bit that zeroes the lanes that are left out. */
const K1 = 1;
const ZEROING = 0x80;

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

  ret(): void {
    this.#bytes.push(0xc3);
  }

  /** to = from */
  move(to: number, from: number | Address): void {
    if (typeof from === "number") this.#registers(0x89, from, to);
    else this.#memory([0x8b], to, from);
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

  /** to -= from */
  subtract(to: number, from: number): void {
    this.#registers(0x29, from, to);
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

  squareRoot(to: number, from: number | Address): void {
    this.#vector(SQUARE_ROOT, to, 0, from, this.vectorBits / 8);
  }

  /** Doubles from half a vector of floats. */
  loadDoubles(to: number, from: Address): void {
    this.#vector(TO_DOUBLES, to, 0, from, this.vectorBits / 16);
  }

  /** Lanes as doubles. */
  addDoubles(to: number, a: number, b: number): void {
    this.#vector(ADD_DOUBLES, to, a, b, this.vectorBits / 8);
  }

  /** Lanes as doubles: to += a * b */
  multiplyAddDoubles(to: number, a: number, b: number): void {
    this.#vector(FMADD231_DOUBLES, to, a, b, this.vectorBits / 8);
  }

  /** The smaller of a and b, and b where one is NaN. */
  minimum(to: number, a: number, b: number | Address): void {
    this.#vector(MINIMUM, to, a, b, this.vectorBits / 8);
  }

  /** The larger of a and b, and b where one is NaN. */
  maximum(to: number, a: number, b: number | Address): void {
    this.#vector(MAXIMUM, to, a, b, this.vectorBits / 8);
  }

  /** Lanes as 32-bit integers: to = from << bits */
  shiftLeft(to: number, from: number, bits: number): void {
    this.#vector(SHIFT, 6, to, from, this.vectorBits / 8);
    this.#bytes.push(bits);
  }

  /**
   * Makes a mask of a register whose lanes have all bits set or none; the masked instructions below are given it. There is
   * one at a time.
   */
  makeMask(register: number): void {
    if (this.vectorBits === 512) this.#vector(TEST_LANES, K1, register, register, 0);
  }

  /** The lanes of the mask; 0 in the others, whose memory is not touched. */
  maskedLoad(to: number, mask: number, from: Address): void {
    if (this.vectorBits === 512) this.#vector(LOAD, to, 0, from, 64, K1 | ZEROING);
    else this.#vector(MASKED_LOAD, to, mask, from, 32);
  }

  maskedStore(to: Address, mask: number, from: number): void {
    if (this.vectorBits === 512) this.#vector(STORE, from, 0, to, 64, K1);
    else this.#vector(MASKED_STORE, from, mask, to, 32);
  }

  /** 0 in the lanes that are not the mask's. */
  keepLanes(register: number, mask: number): void {
    if (this.vectorBits === 512) this.#vector(LOAD, register, 0, register, 64, K1 | ZEROING);
    else this.#vector(AND, register, register, mask, 32);
  }

  /** The first lane of a register below 16. */
  storeFloat(to: Address, from: number): void {
    const [r, x, b] = [from, to.index ?? 0, to.base].map((register, i) => (register < 8 ? 0x80 >> i : 0));
    if (x && b) this.#bytes.push(0xc5, r! | 0x7a);
    else this.#bytes.push(0xc4, r! | x! | b! | 1, 0x7a);
    this.#bytes.push(0x11, ...operand(from, to, 1));
  }

  /** Lane i of `to` = lane i ^ distance of `from`; the distance is a power of two. */
  swapLanes(to: number, from: number, distance: number): void {
    const halves = distance === 4 && this.vectorBits === 256;
    const op = distance < 4 ? SHUFFLE : halves ? PERMUTE_HALVES : PERMUTE_QUARTERS;
    const part = distance < 4 ? distance : distance / 4;
    const order = [0, 1, 2, 3].reduce((bits, i) => bits | ((i ^ part) << (2 * i)), 0);
    this.#vector(op, to, from, from, 0);
    this.#bytes.push(halves ? 1 : order);
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
   * `unit` is what EVEX counts short displacements in: the bytes of memory that the instruction reads or writes; `mask` its
   * mask register and what becomes of the other lanes.
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
      this.#bytes.push(
        0x62,
        r | x | b | inverted(register >> 4, 4) | op.map,
        wide | ((~second & 15) << 3) | 4 | op.prefix,
        0x40 | inverted(second >> 4, 3) | mask,
      );
    } else if (op.map === 1 && x && b) {
      this.#bytes.push(0xc5, r | ((~second & 15) << 3) | 4 | op.prefix);
    } else {
      this.#bytes.push(0xc4, r | x | b | op.map, wide | ((~second & 15) << 3) | 4 | op.prefix);
    }
    this.#bytes.push(op.opcode);
    if (isRegister) this.#bytes.push(0xc0 | ((register & 7) << 3) | (third & 7));
    else this.#bytes.push(...operand(register, third, evex ? unit : 1));
  }
}
