import { Automaton, DEAD } from "./automaton.js";
import { ByteClasses } from "./byte-set.js";
import { CharacterDfa } from "./character-dfa.js";
import { Dfa } from "./dfa.js";
import { NOTHING, parts, type Term } from "./term.js";
import type { Terms } from "./terms.js";

/**
 * The same texts, as an automaton from every state of which a text can be ended: intersections and complements have states of
 * which that is not known until all of them are.
 */
function determinise(terms: Terms, term: Term, isBetween?: (term: Term) => boolean): Whole | undefined {
  const automaton = new Automaton(terms, term);
  const { width } = automaton;
  const start = automaton.stateOf(term);
  for (let state = 0; state < automaton.size; state++) {
    for (let kind = 0; kind < width; kind++) automaton.follow(state, kind);
  }
  const states = Array.from({ length: automaton.size }, (_, state) => automaton.termOf(state));
  const ends = Uint8Array.from(states, ({ nullable }) => Number(nullable));
  const living = canEnd(automaton, ends);
  if (living[start] === 0) return undefined;
  const table = automaton.table.slice(0, states.length * width);
  for (let i = 0; i < table.length; i++) if (living[table[i]!] === 0) table[i] = DEAD;
  const dfa = new Dfa({ start, dead: DEAD, classes: automaton.classes, table, ends });
  return { dfa, between: Uint8Array.from(states, (each) => Number(isBetween?.(each) ?? false)) };
}

interface Whole {
  readonly dfa: Dfa;
  /** 1 for the states of terms that were asked for. */
  readonly between: Uint8Array;
}

/** The texts that all of some terms and `anything` hold, as an automaton of characters. Undefined where there are none. */
export function characterDfa(terms: Terms, all: readonly Term[], anything: Term): CharacterDfa | undefined {
  const isBetween = (term: Term) =>
    term === anything || (term.kind === "both" && term.terms.includes(anything));
  const whole = determinise(terms, terms.both([...all, anything]), isBetween);
  return whole && new CharacterDfa(whole.dfa, whole.between);
}

/** A term from every state of which a text can be ended (see `determinise`). @throws ConstraintError where it is too large */
export function living(terms: Terms, term: Term): Term {
  for (const { kind } of parts(term)) if (kind === "both" || kind === "not") return automatic(terms, term);
  return term;
}

/** The same texts, as an automaton: its states were all tried. @throws ConstraintError where there are too many */
export function automatic(terms: Terms, term: Term): Term {
  const whole = determinise(terms, term);
  return whole ? terms.dfa(whole.dfa, whole.dfa.start) : NOTHING;
}

/** The texts of a term but these. */
export function without(terms: Terms, term: Term, texts: readonly Uint8Array[]): Term {
  const whole = determinise(terms, term);
  if (!whole) return NOTHING;
  const { dfa } = whole;
  const classes = new ByteClasses();
  const used = new Set(texts.flatMap((text) => [...text]));
  classes.split((byte) => dfa.classes.of[byte]! + (used.has(byte) ? (byte + 1) * 256 : 0));
  const width = classes.examples.length;
  // States of the term's own, then one for each beginning of the texts, which are those of a tree.
  const rows: number[][] = [];
  const rowOf = (state: number) => classes.examples.map((byte) => dfa.next(state, byte));
  for (let state = 0; state < dfa.ends.length; state++) rows.push(rowOf(state));
  const ends = [...dfa.ends];
  const begin = (state: number): number => {
    ends.push(dfa.ends[state]!);
    return rows.push(rowOf(state)) - 1;
  };
  const start = begin(dfa.start);
  for (const text of texts) {
    let at = start;
    for (const byte of text) {
      const row = rows[at]!;
      const kind = classes.of[byte]!;
      if (row[kind] === dfa.dead) {
        at = dfa.dead;
        break;
      }
      if (row[kind]! < start) row[kind] = begin(row[kind]!);
      at = row[kind]!;
    }
    ends[at] = 0;
  }
  const table = Int32Array.from(rows.flat());
  const living = canEnd({ table, width, size: rows.length }, Uint8Array.from(ends));
  if (living[start] === 0) return NOTHING;
  for (let i = 0; i < table.length; i++) if (living[table[i]!] === 0) table[i] = DEAD;
  return terms.dfa(new Dfa({ start, dead: DEAD, classes, table, ends: Uint8Array.from(ends) }), start);
}

/** 1 for the states from which an end can be reached. */
function canEnd(
  { table, width, size }: Pick<Automaton, "table" | "width" | "size">,
  ends: Uint8Array,
): Uint8Array {
  const before: number[][] = Array.from({ length: size }, () => []);
  for (let state = 0; state < size; state++) {
    for (let kind = 0; kind < width; kind++) before[table[state * width + kind]!]!.push(state);
  }
  const living = ends.slice();
  const todo = Array.from(ends.keys()).filter((state) => ends[state] === 1);
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    for (const earlier of before[state]!) {
      if (living[earlier] === 1) continue;
      living[earlier] = 1;
      todo.push(earlier);
    }
  }
  return living;
}
