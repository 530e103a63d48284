import { ByteList } from "./byte-list.js";
import { type ByteSet, byteSet, hasByte } from "./byte-set.js";
import type { CharacterDfa } from "./character-dfa.js";
import { type Counts, joined, lessBy } from "./counts.js";
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
  | {
      readonly kind: "counted";
      readonly characters: CharacterDfa;
      readonly state: number;
      readonly counts: Counts;
    }
  | ListTerm
  | { readonly kind: "rule"; readonly rule: Rule }
);

/** Of the entries of a list from `low` to `high`, those with a number from `from` to `to`: what follows their first `at` bytes. */
interface ListTerm {
  readonly kind: "list";
  readonly list: ByteList<Term>;
  readonly low: number;
  readonly high: number;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

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

/** What may be spent on making an automaton of an expression that could do without. */
const MAX_TRIED = 30_000;

/** Makes terms. Equal ones are the same object, so states of an automaton can be told by them. */
export class Terms {
  readonly #known = new Map<string, Term>();
  /** Most terms are these: found without a text for a key. */
  readonly #chains = new Map<number, Term>();
  readonly #bytes: (Term | undefined)[] = [];
  readonly #rules = new Map<Rule, Term>();
  /** Numbers of automata and lists. */
  readonly #objects = new Map<object, number>();
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

  /** What is made within a small part of what may be spent on compiling. Undefined where that is not enough. */
  tried<T>(make: () => T): T | undefined {
    const limit = this.#limit;
    this.#limit = Math.min(limit, this.#work + MAX_TRIED);
    try {
      return make();
    } catch (error) {
      if (error instanceof ConstraintError && this.#work > this.#limit && this.#work <= limit)
        return undefined;
      throw error;
    } finally {
      this.#limit = limit;
    }
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
    let terms = members(given, "either").filter(({ kind }) => kind !== "nothing");
    if (terms.length < 2) return terms[0] ?? NOTHING;
    this.#spend(terms.length);
    const fewer = this.#merged(terms);
    if (fewer) {
      terms = members(fewer, "either");
      if (terms.length < 2) return terms[0]!;
    }
    const key = `e${terms.map(({ id }) => id).join()}`;
    return this.#make(
      key,
      { kind: "either", terms },
      terms.some(({ nullable }) => nullable),
    );
  }

  /** Alternatives that go on alike as one: so there are no more of them than an expression has places. */
  #merged(terms: readonly Term[]): Term[] | undefined {
    const byRest = new Map<Term, Term[]>();
    for (const term of terms) {
      const rest = term.kind === "chain" ? term.rest : EMPTY;
      const first = term.kind === "chain" ? term.first : term;
      const alike = byRest.get(rest);
      if (alike) alike.push(first);
      else byRest.set(rest, [first]);
    }
    let isShorter = byRest.size < terms.length - (byRest.get(EMPTY)?.length ?? 1) + 1;
    const merged: Term[] = [];
    for (const [rest, firsts] of byRest) {
      if (rest !== EMPTY) {
        merged.push(
          firsts.length === 1 ? this.chain(firsts[0]!, rest) : this.chain(this.either(firsts), rest),
        );
        continue;
      }
      const joint = this.#joint(firsts);
      isShorter ||= joint.length < firsts.length;
      merged.push(...joint);
    }
    return isShorter ? merged : undefined;
  }

  /** Sets of bytes as one set, repetitions of the same as one where their counts meet. */
  #joint(terms: readonly Term[]): Term[] {
    const sets: ByteSet[] = [];
    const repeats = new Map<Term, (Term & { kind: "repeat" })[]>();
    const counted = new Map<string, (Term & { kind: "counted" })[]>();
    const others: Term[] = [];
    for (const term of terms) {
      if (term.kind === "bytes") sets.push(term.set);
      else if (term.kind === "repeat") grouped(repeats, term.term, term);
      else if (term.kind === "counted") {
        grouped(counted, `${this.#idOf(term.characters)},${term.state}`, term);
      } else others.push(term);
    }
    if (sets.length > 0)
      others.push(this.bytes(sets.reduce((all, set) => all.map((word, i) => word | set[i]!))));
    for (const alike of repeats.values()) {
      alike.sort((a, b) => a.min - b.min);
      let last = alike[0]!;
      for (const each of alike.slice(1)) {
        if (each.min <= last.max + 1) {
          const max = Math.max(last.max, each.max);
          last = this.repeat(last.term, last.min, max) as typeof last;
        } else {
          others.push(last);
          last = each;
        }
      }
      others.push(last);
    }
    for (const alike of counted.values()) {
      const { characters, state } = alike[0]!;
      others.push(this.counted(characters, state, alike.map(({ counts }) => counts).reduce(joined)));
    }
    return others;
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
    return this.#make(`d${this.#idOf(dfa)},${state}`, { kind: "dfa", dfa, state }, isEnd);
  }

  /** The texts of an automaton of characters that have one of these numbers of them. */
  counted(characters: CharacterDfa, state: number, counts: Counts): Term {
    const { dfa } = characters;
    if (state === dfa.dead || !characters.canEnd(state, counts, 0)) return NOTHING;
    const isEnd = dfa.ends[state] === 1 && counts[0] === 0;
    if (isEnd && (dfa.isLast(state) || counts.at(-1) === 0)) return EMPTY;
    const key = `c${this.#idOf(characters)},${state},${counts.join()}`;
    return this.#make(key, { kind: "counted", characters, state, counts }, isEnd);
  }

  /** What may follow the first `at` bytes of the entries from `low` to `high` whose numbers are from `from` to `to`. */
  list(
    list: ByteList<Term>,
    low: number,
    high: number,
    at: number,
    from = 0,
    to = list.entries.length,
  ): Term {
    const isIn = (place: number) => list.numbers[place]! >= from && list.numbers[place]! < to;
    while (low < high && !isIn(low)) low++;
    while (low < high && !isIn(high - 1)) high--;
    if (low === high) return NOTHING;
    const key = `l${this.#idOf(list)},${low},${high},${at},${from},${to}`;
    return this.#make(key, { kind: "list", list, low, high, at, from, to }, false);
  }

  #idOf(object: object): number {
    let id = this.#objects.get(object);
    if (id === undefined) {
      id = this.newId();
      this.#objects.set(object, id);
    }
    return id;
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

  /** Byte strings and what follows each. */
  trie(entries: readonly (readonly [bytes: Uint8Array, rest: Term])[]): Term {
    this.#spend(entries.length);
    const ended = entries.filter(([bytes]) => bytes.length === 0).map(([, rest]) => rest);
    const longer = entries.filter(([bytes, rest]) => bytes.length > 0 && rest !== NOTHING);
    if (longer.length === 1) ended.push(this.literal(...longer[0]!));
    else if (longer.length > 1) {
      const list = new ByteList<Term>(longer.map(([bytes]) => bytes));
      for (const [number, [, rest]] of longer.entries()) list.follow(number, rest);
      ended.push(this.list(list, 0, longer.length, 0));
    }
    return this.either(ended);
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
      case "counted": {
        const { characters, state, counts } = term;
        const rest = characters.isBetween[state] ? lessBy(counts, 1) : counts;
        return this.counted(characters, characters.dfa.next(state, byte), rest);
      }
      case "list":
        return this.#deriveList(term, byte);
      case "rule":
        return this.derive(term.rule.body!, byte);
    }
  }

  #deriveList({ list, low, high, at, from, to }: ListTerm, byte: number): Term {
    const first = list.runEnd(low, high, at, byte - 1);
    const end = list.runEnd(first, high, at, byte);
    const after: Term[] = [];
    let place = first;
    for (; place < end && list.entries[place]!.length === at + 1; place++) {
      const number = list.numbers[place]!;
      if (number >= from && number < to) after.push(list.rests[place]!);
    }
    after.push(this.list(list, place, end, at + 1, from, to));
    return this.either(after);
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
  const seen = new Set<Term | Rule | ByteList<Term>>();
  const todo: Term[] = [root];
  for (let term = todo.pop(); term; term = todo.pop()) {
    const key = term.kind === "rule" ? term.rule : term.kind === "list" ? term.list : term;
    if (seen.has(key)) continue;
    seen.add(key);
    yield term;
    if (term.kind === "chain") todo.push(term.first, term.rest);
    else if (term.kind === "either" || term.kind === "both") todo.push(...term.terms);
    else if (term.kind === "repeat" || term.kind === "not") todo.push(term.term);
    else if (term.kind === "rule" && term.rule.body) todo.push(term.rule.body);
    else if (term.kind === "list") todo.push(...term.list.rests);
  }
}

function grouped<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

/** The terms of a union or intersection, those of inner ones among them: each once, in one order. */
function members(terms: readonly Term[], kind: "either" | "both"): Term[] {
  if (terms.length < 2 && terms[0]?.kind !== kind) return [...terms];
  const flat = terms.flatMap((term) => (term.kind === kind ? term.terms : [term]));
  flat.sort((a, b) => a.id - b.id);
  return flat.filter((term, i) => i === 0 || term !== flat[i - 1]);
}
