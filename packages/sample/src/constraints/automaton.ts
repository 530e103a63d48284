import { ByteClasses, byteSet, hasByte } from "./byte-set.js";
import { derivative } from "./derivative.js";
import { frontsOf, headOf, leadersOf } from "./fronts.js";
import { NOTHING, parts, type Term } from "./term.js";
import type { Terms } from "./terms.js";

/** A transition that has not been worked out. */
export const UNKNOWN = -1;

/** The state that nothing leads out of, and no text ends in. */
export const DEAD = 0;

/** More states than these are forgotten, and found again when they are needed. */
const MAX_STATES = 20_000;

/**
 * A deterministic automaton over bytes whose states are terms, found as they are needed: what a stack would hold of a recursive
 * grammar is within the term.
 */
export class Automaton {
  readonly terms: Terms;
  readonly classes: ByteClasses;
  /** The next state by state and class of byte. It is replaced when it grows. */
  table: Int32Array;
  #states: Term[] = [];
  #numbers = new Map<Term, number>();
  #alike = new Map<Term, Uint8Array>();

  constructor(terms: Terms, root: Term) {
    this.terms = terms;
    this.classes = classesOf(root);
    this.table = new Int32Array(64 * this.width);
    this.#begin();
  }

  get width(): number {
    return this.classes.examples.length;
  }

  get size(): number {
    return this.#states.length;
  }

  termOf(state: number): Term {
    return this.#states[state]!;
  }

  #begin(): void {
    this.#states = [];
    this.#numbers = new Map();
    this.#alike = new Map();
    this.stateOf(NOTHING);
    this.table.fill(DEAD, 0, this.width);
  }

  stateOf(term: Term): number {
    const known = this.#numbers.get(term);
    if (known !== undefined) return known;
    const state = this.#states.push(term) - 1;
    this.#numbers.set(term, state);
    const { width } = this;
    if (this.table.length < (state + 1) * width) {
      const longer = new Int32Array(this.table.length * 2);
      longer.set(this.table);
      this.table = longer;
    }
    this.table.fill(UNKNOWN, state * width, (state + 1) * width);
    return state;
  }

  /** The state after a byte of this class. */
  follow(state: number, kind: number): number {
    const from = state * this.width;
    let next = this.table[from + kind]!;
    if (next !== UNKNOWN) return next;
    const term = this.#states[state]!;
    const head = headOf(term);
    const leader = isSimple(head) ? kind : this.#leaders(head)[kind]!;
    next = this.table[from + leader]!;
    if (next === UNKNOWN) next = this.stateOf(derivative(this.terms, term, this.classes.examples[leader]!));
    this.table[from + leader] = next;
    this.table[from + kind] = next;
    return next;
  }

  /** Most terms tell few classes apart: by class, the first one that is treated alike. */
  #leaders(head: Term): Uint8Array {
    let leaders = this.#alike.get(head);
    if (!leaders) {
      leaders = leadersOf(frontsOf(head), this.classes.examples);
      this.#alike.set(head, leaders);
    }
    return leaders;
  }

  next(state: number, byte: number): number {
    return this.follow(state, this.classes.of[byte]!);
  }

  /** Forgets all states where there are too many. Terms stay as they are. */
  tidy(): void {
    if (this.#states.length <= MAX_STATES) return;
    this.terms.forget();
    this.table = new Int32Array(64 * this.width);
    this.#begin();
  }
}

const SIMPLE: ReadonlySet<Term["kind"]> = new Set(["bytes", "dfa", "counted", "list"]);

/** Whether a derivative is found faster than whether another class has the same one. */
function isSimple(head: Term): boolean {
  return SIMPLE.has(head.kind) || (head.kind === "either" && head.terms.length <= 12);
}

/** The classes of bytes that no part of a term tells apart. */
function classesOf(root: Term): ByteClasses {
  const classes = new ByteClasses();
  const seen = new Set<ByteClasses>();
  for (const term of parts(root)) {
    if (term.kind === "bytes") {
      const { set } = term;
      classes.split((byte) => Number(hasByte(set, byte)));
    } else if (term.kind === "list") {
      const set = byteSet();
      for (const entry of term.list.entries) for (const byte of entry) set[byte >> 5]! |= 1 << (byte & 31);
      classes.split((byte) => (hasByte(set, byte) ? byte + 1 : 0));
    } else if (term.kind === "dfa" || term.kind === "counted") {
      const own = term.kind === "dfa" ? term.dfa.classes : term.characters.dfa.classes;
      if (seen.has(own)) continue;
      seen.add(own);
      classes.split((byte) => own.of[byte]!);
    }
  }
  return classes;
}
