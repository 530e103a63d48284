// Walking along rows of any length: whole vectors, then what is left in a vector under a mask.
import type { Assembler } from "../assembler/assembler.js";
import { type Address, at } from "../assembler/operand.js";

/** The lanes of a vector that a row has at the current place: all of them, or at its end the first few. */
export interface Lanes {
  /** 0 behind the end. */
  load(to: number, base: number): void;
  store(base: number, from: number): void;
  /** Makes what is behind the end 0. */
  clear(register: number): void;
  /** Adds -Infinity behind the end. */
  sink(register: number): void;
}

/** The general registers that a walk needs, and the vector register of its mask. */
interface RowRegisters {
  /** Columns of a row; once prepared, its bytes. */
  columns: number;
  /** Where the bytes of `rowEnd` are, at the distance of `rowEndAt`. */
  constants: number;
  rowEndAt: number;
  offset: number;
  left: number;
  vectors: number;
  end: number;
  mask: number;
}

/** What masks are read from: a vector across the first border has so many lanes set, one across the second is -Infinity behind. */
export function rowEnd(vectorBits: 256 | 512): Uint8Array {
  const lanes = vectorBits / 32;
  const table = new Float32Array(3 * lanes).fill(Number.NEGATIVE_INFINITY, 2 * lanes);
  new Int32Array(table.buffer).fill(-1, 0, lanes);
  return new Uint8Array(table.buffer);
}

export class MaskedRow {
  readonly #code: Assembler;
  readonly #registers: RowRegisters;
  #choices = 0;

  constructor(code: Assembler, registers: RowRegisters) {
    this.#code = code;
    this.#registers = registers;
  }

  /** To be written once, before the rows: `end` becomes the address of the mask, or 0 where rows are whole vectors. */
  prepare(): void {
    const { columns, constants, rowEndAt, vectors, end, mask } = this.#registers;
    const code = this.#code;
    const lanes = code.vectorBits / 32;
    code.move(vectors, columns);
    code.shiftRight(vectors, Math.log2(lanes));
    code.move(end, columns);
    code.multiplyConstant(columns, columns, 4);
    code.andConstant(end, lanes - 1);
    code.jump("z", "rows are whole vectors");
    code.multiplyConstant(end, end, -4);
    code.add(end, constants);
    code.addConstant(end, rowEndAt + 4 * lanes);
    code.vectorLoad(mask, at(end));
    code.makeMask(mask);
    code.label("rows are whole vectors");
  }

  /** `body` for each vector of the row. */
  along(name: string, body: (lanes: Lanes) => void): void {
    const { offset, left, vectors, end, mask } = this.#registers;
    const code = this.#code;
    const bytes = code.vectorBits / 8;
    const here = (base: number): Address => ({ base, index: offset });
    code.andConstant(offset, 0);
    code.move(left, vectors);
    code.test(left);
    code.jump("z", `${name}, end`);
    code.label(name);
    body({
      load: (to, base) => code.vectorLoad(to, here(base)),
      store: (base, from) => code.vectorStore(here(base), from),
      clear: () => {},
      sink: () => {},
    });
    code.addConstant(offset, bytes);
    code.decrement(left);
    code.jump("nz", name);
    code.label(`${name}, end`);
    code.test(end);
    code.jump("z", `${name}, done`);
    body({
      load: (to, base) => code.maskedLoad(to, mask, here(base)),
      store: (base, from) => code.maskedStore(here(base), mask, from),
      clear: (register) => code.keepLanes(register, mask),
      sink: (register) => code.vectorAdd(register, register, at(end, bytes)),
    });
    code.label(`${name}, done`);
  }

  /** `body` where the pointer is not 0. */
  where(pointer: number, body: () => void): void {
    const done = `without ${++this.#choices}`;
    this.#code.test(pointer);
    this.#code.jump("z", done);
    body();
    this.#code.label(done);
  }

  /** All lanes = the sum or maximum of all lanes. */
  combine(how: "vectorAdd" | "maximum", register: number, spare: number): void {
    for (let distance = this.#code.vectorBits / 64; distance >= 1; distance /= 2) {
      this.#code.swapLanes(spare, register, distance);
      this.#code[how](register, register, spare);
    }
  }
}
