import { Automaton, DEAD } from "./automaton.js";
import { ByteClasses } from "./byte-set.js";
import { Dfa } from "./dfa.js";
import { NOTHING, parts, type Term } from "./term.js";
import type { Terms } from "./terms.js";

/**
 * The same texts, as an automaton from every state of which a text can be ended: intersections and complements have states of
 * which that is not known until all of them are. Undefined where there are no texts.
 *
 * @throws ConstraintError where it is too large
 */
export function determinise(terms: Terms, term: Term): Dfa | undefined {
  const automaton = new Automaton(terms, term);
  const { width } = automaton;
  const start = automaton.stateOf(term);
  for (let state = 0; state < automaton.size; state++) {
    terms.work.spend(width >> 2);
    for (let kind = 0; kind < width; kind++) automaton.follow(state, kind);
  }
  const { size, table, classes } = automaton;
  const ends = Uint8Array.from({ length: size }, (_, state) => Number(automaton.termOf(state).nullable));
  return onlyLiving({ start, dead: DEAD, classes, table: table.slice(0, size * width), ends });
}

/** A term from every state of which a text can be ended (see `determinise`). @throws ConstraintError where it is too large */
export function living(terms: Terms, term: Term): Term {
  return hasConditions(term) ? automatic(terms, term) : term;
}

/** Whether a term has states of which an end cannot be seen. */
export function hasConditions(term: Term): boolean {
  for (const { kind } of parts(term)) if (kind === "both" || kind === "not") return true;
  return false;
}

/** The same texts, as an automaton: its states were all tried. @throws ConstraintError where there are too many */
export function automatic(terms: Terms, term: Term): Term {
  const dfa = determinise(terms, term);
  return dfa ? terms.dfa(dfa, dfa.start) : NOTHING;
}

/** The texts of a term but these. */
export function without(terms: Terms, term: Term, texts: readonly Uint8Array[]): Term {
  if (texts.length === 0) return living(terms, term);
  const dfa = term.kind === "dfa" && term.state === term.dfa.start ? term.dfa : determinise(terms, term);
  if (!dfa) return NOTHING;
  const classes = new ByteClasses();
  const used = new Set(texts.flatMap((text) => [...text]));
  classes.split((byte) => dfa.classes.of[byte]! + (used.has(byte) ? (byte + 1) * 256 : 0));
  // States of the term's own, numbered as they are found, then one for each beginning of the texts, which are those of a tree.
  const found = [dfa.dead];
  const numbers = new Map([[dfa.dead, 0]]);
  const numberOf = (state: number): number => {
    const number = numbers.get(state) ?? found.push(state) - 1;
    numbers.set(state, number);
    return number;
  };
  const first = numberOf(dfa.start);
  const rows: number[][] = [];
  for (const state of found) {
    terms.work.spend(classes.examples.length >> 3);
    rows.push(classes.examples.map((byte) => numberOf(dfa.next(state, byte))));
  }
  const ends = found.map((state) => dfa.ends[state] ?? 0);
  const begin = (number: number): number => {
    ends.push(ends[number]!);
    return rows.push([...rows[number]!]) - 1;
  };
  const start = begin(first);
  for (const text of texts) {
    let at = start;
    for (const byte of text) {
      const row = rows[at]!;
      const kind = classes.of[byte]!;
      if (row[kind] === 0) {
        at = 0;
        break;
      }
      if (row[kind]! < start) row[kind] = begin(row[kind]!);
      at = row[kind]!;
    }
    ends[at] = 0;
  }
  const table = Int32Array.from(rows.flat());
  const rest = onlyLiving({ start, dead: 0, classes, table, ends: Uint8Array.from(ends) });
  return rest ? terms.dfa(rest, start) : NOTHING;
}

/** An automaton without the states from which no end can be reached: its table is changed. Undefined where that is all. */
function onlyLiving(given: ConstructorParameters<typeof Dfa>[0]): Dfa | undefined {
  const { start, dead, classes, table, ends } = given;
  const width = classes.examples.length;
  // The states that lead to each, one behind the other.
  const from = new Int32Array(ends.length + 1);
  for (const next of table) from[next + 1]!++;
  for (let state = 0; state < ends.length; state++) from[state + 1]! += from[state]!;
  const before = new Int32Array(table.length);
  const at = from.slice();
  for (let i = 0; i < table.length; i++) before[at[table[i]!]!++] = Math.floor(i / width);
  const living = ends.slice();
  const todo = Array.from(ends.keys()).filter((state) => ends[state] === 1);
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    for (let i = from[state]!; i < from[state + 1]!; i++) {
      if (living[before[i]!] === 1) continue;
      living[before[i]!] = 1;
      todo.push(before[i]!);
    }
  }
  if (living[start] === 0) return undefined;
  for (let i = 0; i < table.length; i++) if (living[table[i]!] === 0) table[i] = dead;
  return new Dfa(given);
}
