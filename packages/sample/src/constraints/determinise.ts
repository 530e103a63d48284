import { Automaton, DEAD } from "./automaton.js";
import { Dfa } from "./dfa.js";
import { ConstraintError } from "./errors.js";
import { NOTHING, parts, type Term, type Terms } from "./term.js";

/** The most work that finding the states of an expression may take: about 0.1 s. */
const MAX_WORK = 400_000;

/**
 * The same texts, as a term from every state of which a text can be ended: intersections and complements have states of which
 * that is not known until all of them are.
 * @throws ConstraintError where there are too many
 */
function determinise(terms: Terms, term: Term, what: string): Term {
  const automaton = new Automaton(terms, term);
  const { width } = automaton;
  const start = automaton.stateOf(term);
  const limit = terms.work + MAX_WORK;
  for (let state = 0; state < automaton.size; state++) {
    if (terms.work > limit) {
      const states = `${automaton.size} states are not enough`;
      throw new ConstraintError(`${what} is too large, ${states}: shorten its repetitions`);
    }
    for (let kind = 0; kind < width; kind++) automaton.follow(state, kind);
  }
  const size = automaton.size;
  const ends = Uint8Array.from({ length: size }, (_, state) => Number(automaton.termOf(state).nullable));
  const living = canEnd(automaton, ends);
  if (living[start] === 0) return NOTHING;
  const table = automaton.table.slice(0, size * width);
  for (let i = 0; i < table.length; i++) if (living[table[i]!] === 0) table[i] = DEAD;
  const dfa = new Dfa(terms.newId(), { start, dead: DEAD, classes: automaton.classes, table, ends });
  return terms.dfa(dfa, start);
}

/** A term from every state of which a text can be ended: see `determinise`. */
export function living(terms: Terms, term: Term, what: string): Term {
  for (const { kind } of parts(term)) {
    if (kind === "both" || kind === "not") return determinise(terms, term, what);
  }
  return term;
}

/** 1 for the states from which an end can be reached. */
function canEnd({ table, width, size }: Automaton, ends: Uint8Array): Uint8Array {
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
