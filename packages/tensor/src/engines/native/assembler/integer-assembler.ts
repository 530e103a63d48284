// As much of an x86-64 assembler as the kernels need of 64-bit integer arithmetic and jumps. Encodings are those of Intel's
// Software Developer's Manual, volume 2.
import { type Address, at, int32, operand, RSP } from "./operand.js";

/** How the processor jumps: "z" if the last result was zero, "n" if it was negative, "nz" and "nn" if not. */
type Condition = "z" | "nz" | "n" | "nn";
const CONDITIONS: Record<Condition, number> = { z: 0x84, nz: 0x85, n: 0x88, nn: 0x89 };

/** Machine code being written, without vectors. */
export class IntegerAssembler {
  protected readonly bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #jumps: { at: number; label: string }[] = [];
  #saved: readonly number[] = [];
  /** Words on the stack, on top of the return address. */
  #pushed = 0;

  /** The code, with its jumps resolved. */
  code(): Uint8Array<ArrayBuffer> {
    const code = Uint8Array.from(this.bytes);
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
    this.#labels.set(name, this.bytes.length);
  }

  jump(condition: Condition | "always", label: string): void {
    if (condition === "always") this.bytes.push(0xe9);
    else this.bytes.push(0x0f, CONDITIONS[condition]);
    this.#jumps.push({ at: this.bytes.length, label });
    this.bytes.push(0, 0, 0, 0);
  }

  /** Begins a function of the System V calling convention that uses these registers, which its caller wants back. */
  enter(...saved: readonly number[]): void {
    this.#saved = saved;
    for (const register of saved) this.push(register);
  }

  /** Argument `number` of the call, counted from 0: from 6 on they are on the stack. */
  argument(number: number): Address {
    return at(RSP, (this.#pushed + 1 + number - 6) * 8);
  }

  /** Gives back what `enter` saved. */
  protected restore(): void {
    for (const register of this.#saved.toReversed()) this.pop(register);
  }

  push(register: number): void {
    this.#pushed++;
    if (register > 7) this.bytes.push(0x41);
    this.bytes.push(0x50 | (register & 7));
  }

  pop(register: number): void {
    this.#pushed--;
    if (register > 7) this.bytes.push(0x41);
    this.bytes.push(0x58 | (register & 7));
  }

  /** Pushes 64 bits: a number of 32, with its sign. */
  pushConstant(value: number): void {
    this.#pushed++;
    this.bytes.push(0x68, ...int32(value));
  }

  ret(): void {
    this.bytes.push(0xc3);
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

  /** to -= from */
  subtract(to: number, from: number): void {
    this.#registers(0x29, from, to);
  }

  /** to += value */
  addConstant(to: number, value: number): void {
    this.bytes.push(0x48 | (to >> 3), 0x81, 0xc0 | (to & 7), ...int32(value));
  }

  /** to = from * value */
  multiplyConstant(to: number, from: number, value: number): void {
    this.bytes.push(
      0x48 | ((to >> 3) << 2) | (from >> 3),
      0x69,
      0xc0 | ((to & 7) << 3) | (from & 7),
      ...int32(value),
    );
  }

  /** register &= value */
  andConstant(register: number, value: number): void {
    this.bytes.push(0x48 | (register >> 3), 0x81, 0xe0 | (register & 7), ...int32(value));
  }

  /** register >>= bits, filling with zeros */
  shiftRight(register: number, bits: number): void {
    this.bytes.push(0x48 | (register >> 3), 0xc1, 0xe8 | (register & 7), bits);
  }

  decrement(register: number): void {
    this.bytes.push(0x48 | (register >> 3), 0xff, 0xc8 | (register & 7));
  }

  /** Sets the condition: zero if the register is. */
  test(register: number): void {
    this.#registers(0x85, register, register);
  }

  /** Asks for the cache line. */
  prefetch(from: Address): void {
    this.#memory([0x0f, 0x18], 1, from, false);
  }

  /** Asks the second-level cache for the line. */
  prefetchNear(from: Address): void {
    this.#memory([0x0f, 0x18], 2, from, false);
  }

  /** opcode r/m64, r64 */
  #registers(opcode: number, register: number, rm: number): void {
    this.bytes.push(
      0x48 | ((register >> 3) << 2) | (rm >> 3),
      opcode,
      0xc0 | ((register & 7) << 3) | (rm & 7),
    );
  }

  /** opcode r64, m64 */
  #memory(opcode: readonly number[], register: number, address: Address, wide = true): void {
    const { base, index = 0 } = address;
    const rex = 0x40 | (wide ? 8 : 0) | ((register >> 3) << 2) | ((index >> 3) << 1) | (base >> 3);
    if (rex !== 0x40) this.bytes.push(rex);
    this.bytes.push(...opcode, ...operand(register, address, 1));
  }
}
