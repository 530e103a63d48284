import { Automaton, DEAD } from "./automaton.js";
import { Dfa } from "./dfa.js";
import { NOTHING, parts, type Term, type Terms } from "./term.js";

/**
 * The same texts, as a term from every state of which a text can be ended: intersections and complements have states of which
 * that is not known until all of them are.
 */
function determinise(terms: Terms, term: Term): Term {
  const automaton = new Automaton(terms, term);
  const { width } = automaton;
  const start = automaton.stateOf(term);
  for (let state = 0; state < automaton.size; state++) {
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

/**
 * A term from every state of which a text can be ended (see `determinise`), and whose states were tried where repetitions within
 * repetitions may have too many.
 * @throws ConstraintError where there are too many
 */
export function living(terms: Terms, term: Term): Term {
  for (const part of parts(term)) {
    if (part.kind === "both" || part.kind === "not" || hasNestedCounts(part)) return determinise(terms, term);
  }
  return term;
}

function hasNestedCounts(term: Term): boolean {
  if (!isCounted(term)) return false;
  for (const part of parts(term.term)) if (isCounted(part)) return true;
  return false;
}

function isCounted(term: Term): term is Term & { kind: "repeat" } {
  return term.kind === "repeat" && (term.min > 1 || (term.max > 1 && term.max < Number.POSITIVE_INFINITY));
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
