import type { ByteClasses } from "./byte-set.js";

/** A whole deterministic automaton: from each of its states but `dead` a text can be ended. */
export class Dfa {
  readonly start: number;
  readonly dead: number;
  readonly classes: ByteClasses;
  /** The next state by state and class of byte. */
  readonly table: Int32Array;
  /** 1 for the states in which a text may end. */
  readonly ends: Uint8Array;
  /** 1 for those that nothing leads out of. */
  readonly #lasts: Uint8Array;
  readonly #loops: (Int32Array | undefined)[] = [];

  constructor({
    start,
    dead,
    classes,
    table,
    ends,
  }: Pick<Dfa, "start" | "dead" | "classes" | "table" | "ends">) {
    this.start = start;
    this.dead = dead;
    this.classes = classes;
    this.table = table;
    this.ends = ends;
    const width = classes.examples.length;
    this.#lasts = ends.map((_, state) =>
      Number(table.subarray(state * width, (state + 1) * width).every((next) => next === dead)),
    );
  }

  get width(): number {
    return this.classes.examples.length;
  }

  next(state: number, byte: number): number {
    return this.table[state * this.classes.examples.length + this.classes.of[byte]!]!;
  }

  /** The bytes below 128 that lead from a state to itself, a bit each. */
  loops(state: number): Int32Array {
    let loops = this.#loops[state];
    if (!loops) {
      loops = new Int32Array(4);
      for (let byte = 0; byte < 128; byte++) {
        if (this.next(state, byte) === state) loops[byte >> 5]! |= 1 << (byte & 31);
      }
      this.#loops[state] = loops;
    }
    return loops;
  }

  /** Whether nothing can follow in a state. */
  isLast(state: number): boolean {
    return this.#lasts[state] === 1;
  }
}
