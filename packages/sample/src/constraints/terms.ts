import { ByteList } from "./byte-list.js";
import { type ByteSet, byteSet } from "./byte-set.js";
import type { CharacterDfa } from "./character-dfa.js";
import { type Counts, joined } from "./counts.js";
import type { Dfa } from "./dfa.js";
import { EMPTY, NOTHING, type Rule, type Term } from "./term.js";
import { Work } from "./work.js";

type Shape = Term extends infer T ? (T extends Term ? Omit<T, "id" | "nullable"> : never) : never;

/** Makes terms. Equal ones are the same object, so states of an automaton can be told by them. */
export class Terms {
  readonly work: Work;
  readonly #known = new Map<string, Term>();
  /** Most terms are these: found without a text for a key. */
  readonly #chains = new Map<number, Term>();
  readonly #bytes: (Term | undefined)[] = [];
  readonly #rules = new Map<Rule, Term>();
  /** Numbers of automata and lists. */
  readonly #objects = new Map<object, number>();
  #ids = 2;
  /** A character of a JSON string, where there are such strings: masks within them are made in a shorter way. */
  stringCharacter: Term | undefined;

  constructor(work = new Work()) {
    this.work = work;
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
    this.work.spend(6 * terms.length);
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
    this.work.spend(entries.length);
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

  #make(key: string, shape: Shape, nullable: boolean): Term {
    let term = this.#known.get(key);
    if (!term) {
      term = { ...shape, id: this.newId(), nullable } as Term;
      this.#known.set(key, term);
    }
    return term;
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
