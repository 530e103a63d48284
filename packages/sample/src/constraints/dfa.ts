import { type ByteClasses, type ByteSet, byteSet } from "./byte-set.js";

/** Runs that are longer than most tokens need not be followed to their end. */
const MAX_RUN = 64;

/** Bytes below 128 that an automaton goes on with from a state, in whatever order. */
export interface Run {
  readonly bytes: ByteSet;
  /** How many of them. */
  readonly length: number;
  /** Whether each of them leads to where it began. */
  readonly isLoop: boolean;
  /** Whether a text may end before the last one. */
  readonly hasEnd: boolean;
}

/** A deterministic automaton: from each of its states but `dead` a text can be ended. */
export class Dfa {
  readonly start: number;
  readonly dead: number;
  readonly classes: ByteClasses;
  /** The next state by state and class of byte, of those that have a number below `size`. */
  readonly table: Int32Array;
  /** 1 for the states in which a text may end. */
  readonly ends: Uint8Array;
  readonly #runs = new Map<number, Run>();

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
  }

  get width(): number {
    return this.classes.examples.length;
  }

  /** States from here on have no rows in the table. */
  get size(): number {
    return this.ends.length;
  }

  /** The state after a byte of this class. */
  follow(state: number, kind: number): number {
    return this.table[state * this.classes.examples.length + kind]!;
  }

  next(state: number, byte: number): number {
    return this.follow(state, this.classes.of[byte]!);
  }

  /** The bytes that most of those below 128 go on with from a state, as long as each of them does. */
  run(state: number): Run {
    let run = this.#runs.get(state);
    if (!run) {
      run = this.#findRun(state);
      this.#runs.set(state, run);
    }
    return run;
  }

  #findRun(state: number): Run {
    const bytes = byteSet();
    const kinds = this.#alike(state, bytes);
    let hasEnd = false;
    let at = state;
    for (let length = 0; length < MAX_RUN && kinds.length > 0; length++) {
      hasEnd ||= this.ends[at] === 1;
      const next = this.follow(at, kinds[0]!);
      if (next === at && kinds.every((kind) => this.follow(at, kind) === at))
        return { bytes, length: Number.POSITIVE_INFINITY, isLoop: length === 0, hasEnd };
      if (next === this.dead || kinds.some((kind) => this.follow(at, kind) !== next)) {
        return { bytes, length, isLoop: false, hasEnd };
      }
      at = next;
    }
    return { bytes, length: kinds.length && MAX_RUN, isLoop: false, hasEnd };
  }

  /** The classes of the most bytes below 128 that lead from a state to the same one. */
  #alike(state: number, bytes: ByteSet): number[] {
    const byNext = new Map<number, number[]>();
    for (let byte = 0; byte < 128; byte++) {
      const next = this.next(state, byte);
      const others = byNext.get(next);
      if (others) others.push(byte);
      else if (next !== this.dead) byNext.set(next, [byte]);
    }
    let most: number[] = [];
    for (const each of byNext.values()) if (each.length > most.length) most = each;
    for (const byte of most) bytes[byte >> 5]! |= 1 << (byte & 31);
    return [...new Set(most.map((byte) => this.classes.of[byte]!))];
  }

  /** Whether nothing can follow in a state. */
  isLast(state: number): boolean {
    const { table, width, dead } = this;
    for (let at = state * width; at < (state + 1) * width; at++) if (table[at] !== dead) return false;
    return true;
  }
}
