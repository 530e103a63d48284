import { type ByteSet, byteSet, hasByte } from "./byte-set.js";
import type { Dfa } from "./dfa.js";
import { ConstraintError } from "./errors.js";

/**
 * A set of byte strings, described. What may follow a text is such a term too: the derivative of what might follow the text
 * before its last byte (Brzozowski 1964).
 */
export type Term = { readonly id: number; readonly nullable: boolean } & (
  | { readonly kind: "nothing" }
  | { readonly kind: "empty" }
  | { readonly kind: "bytes"; readonly set: ByteSet }
  | { readonly kind: "chain"; readonly first: Term; readonly rest: Term }
  | { readonly kind: "either"; readonly terms: readonly Term[] }
  | { readonly kind: "repeat"; readonly term: Term; readonly min: number; readonly max: number }
  | { readonly kind: "both"; readonly terms: readonly Term[] }
  | { readonly kind: "not"; readonly term: Term }
  | { readonly kind: "dfa"; readonly dfa: Dfa; readonly state: number }
  | { readonly kind: "rule"; readonly rule: Rule }
);

/** A term by name, which can hold itself. It never holds the empty text. */
export interface Rule {
  /** Set once, after terms that name it were made. */
  body: Term | undefined;
}

type Shape = Term extends infer T ? (T extends Term ? Omit<T, "id" | "nullable"> : never) : never;

/** No text at all, and the empty text alone: those of all terms. */
export const NOTHING: Term = { id: 0, nullable: false, kind: "nothing" };
export const EMPTY: Term = { id: 1, nullable: true, kind: "empty" };

/** What may be spent on compiling: 0.1 to 0.2 s. */
const MAX_WORK = 500_000;

/** A place with more has no fast step. */
const MAX_ALTERNATIVES = 2000;

/** Makes terms. Equal ones are the same object, so states of an automaton can be told by them. */
export class Terms {
  readonly #known = new Map<string, Term>();
  /** Most terms are these: found without a text for a key. */
  readonly #chains = new Map<number, Term>();
  readonly #bytes: (Term | undefined)[] = [];
  readonly #rules = new Map<Rule, Term>();
  #ids = 2;
  /** Parts of terms looked at so far: a measure of time that is the same on every machine. */
  #work = 0;
  #limit = MAX_WORK;
  /** A character of a JSON string, where there are such strings: masks within them are made in a shorter way. */
  stringCharacter: Term | undefined;

  /** Says that all is compiled: no more is too much. */
  finish(): void {
    this.#limit = Number.POSITIVE_INFINITY;
  }

  #spend(work: number): void {
    this.#work += work;
    if (this.#work <= this.#limit) return;
    throw new ConstraintError("this is too large to be compiled in 0.2 s: shorten its repetitions and lists");
  }

  /** Forgets those made so far: they can be used still, and are no longer told to equal new ones. */
  forget(): void {
    this.#known.clear();
    this.#chains.clear();
  }

  bytes(set: ByteSet): Term {
    if (set.every((word) => word === 0)) return NOTHING;
    return this.#make(`b${set.join()}`, { kind: "bytes", set }, false);
  }

  /** These bytes, one after the other. */
  literal(bytes: Iterable<number>, rest: Term = EMPTY): Term {
    return [...bytes].reduceRight((tail, byte) => this.chain(this.byte(byte), tail), rest);
  }

  byte(byte: number): Term {
    let term = this.#bytes[byte];
    if (!term) {
      term = this.bytes(byteSet([byte, byte]));
      this.#bytes[byte] = term;
    }
    return term;
  }

  /** One after the other. */
  sequence(...terms: readonly Term[]): Term {
    return terms.reduceRight((rest, term) => this.chain(term, rest), EMPTY);
  }

  chain(first: Term, rest: Term): Term {
    if (first.kind === "nothing" || rest.kind === "nothing") return NOTHING;
    if (first.kind === "empty") return rest;
    if (rest.kind === "empty") return first;
    if (first.kind === "chain") return this.chain(first.first, this.chain(first.rest, rest));
    const key = first.id * 2 ** 26 + rest.id;
    let term = this.#chains.get(key);
    if (!term) {
      term = { kind: "chain", id: this.newId(), nullable: first.nullable && rest.nullable, first, rest };
      this.#chains.set(key, term);
    }
    return term;
  }

  either(given: readonly Term[]): Term {
    const terms = members(given, "either").filter(({ kind }) => kind !== "nothing");
    if (terms.length < 2) return terms[0] ?? NOTHING;
    this.#spend(terms.length);
    if (terms.length > MAX_ALTERNATIVES) {
      throw new ConstraintError(
        `more than ${MAX_ALTERNATIVES} alternatives at one place: repetitions within repetitions make them`,
      );
    }
    const key = `e${terms.map(({ id }) => id).join()}`;
    return this.#make(
      key,
      { kind: "either", terms },
      terms.some(({ nullable }) => nullable),
    );
  }

  optional(term: Term): Term {
    return this.either([EMPTY, term]);
  }

  repeat(term: Term, min: number, max: number): Term {
    if (max === 0 || term.kind === "empty") return EMPTY;
    if (term.kind === "nothing") return min === 0 ? EMPTY : NOTHING;
    if (min === 1 && max === 1) return term;
    const key = `r${term.id},${min},${max}`;
    return this.#make(key, { kind: "repeat", term, min, max }, min === 0 || term.nullable);
  }

  /** What all of them hold. */
  both(given: readonly Term[]): Term {
    const terms = members(given, "both");
    if (terms.some(({ kind }) => kind === "nothing")) return NOTHING;
    if (terms.length === 1) return terms[0]!;
    const key = `a${terms.map(({ id }) => id).join()}`;
    return this.#make(
      key,
      { kind: "both", terms },
      terms.every(({ nullable }) => nullable),
    );
  }

  /** All byte strings but those of a term. */
  not(term: Term): Term {
    if (term.kind === "not") return term.term;
    return this.#make(`n${term.id}`, { kind: "not", term }, !term.nullable);
  }

  dfa(dfa: Dfa, state: number): Term {
    if (state === dfa.dead) return NOTHING;
    const isEnd = dfa.ends[state] === 1;
    if (isEnd && dfa.isLast(state)) return EMPTY;
    return this.#make(`d${dfa.id},${state}`, { kind: "dfa", dfa, state }, isEnd);
  }

  /** A reference to a rule. */
  rule(rule: Rule): Term {
    let term = this.#rules.get(rule);
    if (!term) {
      term = { id: this.newId(), nullable: false, kind: "rule", rule };
      this.#rules.set(rule, term);
    }
    return term;
  }

  newId(): number {
    return this.#ids++;
  }

  /** Byte strings and what follows each: those that begin alike share their beginning. */
  trie(entries: readonly (readonly [bytes: Uint8Array, rest: Term])[], at = 0): Term {
    this.#spend(entries.length);
    const ended: Term[] = [];
    const byFirst = new Map<number, (readonly [Uint8Array, Term])[]>();
    for (const entry of entries) {
      const byte = entry[0][at];
      if (byte === undefined) {
        ended.push(entry[1]);
        continue;
      }
      const alike = byFirst.get(byte);
      if (alike) alike.push(entry);
      else byFirst.set(byte, [entry]);
    }
    const [first] = byFirst.values();
    if (entries.length === 1 && first) return this.literal(entries[0]![0].subarray(at), entries[0]![1]);
    const longer = Array.from(byFirst, ([byte, alike]) =>
      this.chain(this.byte(byte), this.trie(alike, at + 1)),
    );
    return this.either([...ended, ...longer]);
  }

  /** What may follow this byte. */
  derive(term: Term, byte: number): Term {
    this.#spend(1);
    switch (term.kind) {
      case "nothing":
      case "empty":
        return NOTHING;
      case "bytes":
        return hasByte(term.set, byte) ? EMPTY : NOTHING;
      case "chain": {
        const { first, rest } = term;
        const after = this.chain(this.derive(first, byte), rest);
        return first.nullable ? this.either([after, this.derive(rest, byte)]) : after;
      }
      case "either": {
        const after: Term[] = [];
        for (const each of term.terms) {
          const next = this.derive(each, byte);
          if (next !== NOTHING) after.push(next);
        }
        return this.either(after);
      }
      case "repeat": {
        const next = this.derive(term.term, byte);
        if (next === NOTHING) return NOTHING;
        return this.chain(next, this.repeat(term.term, Math.max(0, term.min - 1), term.max - 1));
      }
      case "both":
        return this.both(term.terms.map((each) => this.derive(each, byte)));
      case "not":
        return this.not(this.derive(term.term, byte));
      case "dfa":
        return this.dfa(term.dfa, term.dfa.next(term.state, byte));
      case "rule":
        return this.derive(term.rule.body!, byte);
    }
  }

  #make(key: string, shape: Shape, nullable: boolean): Term {
    let term = this.#known.get(key);
    if (!term) {
      term = { ...shape, id: this.newId(), nullable } as Term;
      this.#known.set(key, term);
    }
    return term;
  }
}

/** Each term within a term, and within the rules that it names, once. */
export function* parts(root: Term): Generator<Term> {
  const seen = new Set<Term | Rule>();
  const todo: Term[] = [root];
  for (let term = todo.pop(); term; term = todo.pop()) {
    const key = term.kind === "rule" ? term.rule : term;
    if (seen.has(key)) continue;
    seen.add(key);
    yield term;
    if (term.kind === "chain") todo.push(term.first, term.rest);
    else if (term.kind === "either" || term.kind === "both") todo.push(...term.terms);
    else if (term.kind === "repeat" || term.kind === "not") todo.push(term.term);
    else if (term.kind === "rule" && term.rule.body) todo.push(term.rule.body);
  }
}

/** The terms of a union or intersection, those of inner ones among them: each once, in one order. */
function members(terms: readonly Term[], kind: "either" | "both"): Term[] {
  if (terms.length < 2 && terms[0]?.kind !== kind) return [...terms];
  const flat = terms.flatMap((term) => (term.kind === kind ? term.terms : [term]));
  flat.sort((a, b) => a.id - b.id);
  return flat.filter((term, i) => i === 0 || term !== flat[i - 1]);
}
