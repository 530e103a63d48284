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

  /** Whether nothing can follow in a state. */
  isLast(state: number): boolean {
    return this.#lasts[state] === 1;
  }
}
