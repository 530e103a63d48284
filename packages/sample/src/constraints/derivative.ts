import { hasByte } from "./byte-set.js";
import { lessBy } from "./counts.js";
import { EMPTY, type ListTerm, NOTHING, type Term } from "./term.js";
import type { Terms } from "./terms.js";

/** What may follow this byte, of what a term describes. */
export function derivative(terms: Terms, term: Term, byte: number): Term {
  if (term.kind !== "bytes") terms.work.spend(1);
  switch (term.kind) {
    case "nothing":
    case "empty":
      return NOTHING;
    case "bytes":
      return hasByte(term.set, byte) ? EMPTY : NOTHING;
    case "chain": {
      const { first, rest } = term;
      const after = terms.chain(derivative(terms, first, byte), rest);
      return first.nullable ? terms.either([after, derivative(terms, rest, byte)]) : after;
    }
    case "either": {
      const after: Term[] = [];
      for (const each of term.terms) {
        const next = derivative(terms, each, byte);
        if (next !== NOTHING) after.push(next);
      }
      return terms.either(after);
    }
    case "repeat": {
      const next = derivative(terms, term.term, byte);
      if (next === NOTHING) return NOTHING;
      return terms.chain(next, terms.repeat(term.term, Math.max(0, term.min - 1), term.max - 1));
    }
    case "both":
      return terms.both(term.terms.map((each) => derivative(terms, each, byte)));
    case "not":
      return terms.not(derivative(terms, term.term, byte));
    case "dfa":
      return terms.dfa(term.dfa, term.dfa.next(term.state, byte));
    case "counted": {
      const { characters, state, counts } = term;
      const rest = state < characters.dfa.size ? lessBy(counts, 1) : counts;
      return terms.counted(characters, characters.dfa.next(state, byte), rest);
    }
    case "list":
      return listDerivative(terms, term, byte);
    case "rule":
      return derivative(terms, term.rule.body!, byte);
  }
}

function listDerivative(terms: Terms, { list, low, high, at, from, to }: ListTerm, byte: number): Term {
  const first = list.runEnd(low, high, at, byte - 1);
  const end = list.runEnd(first, high, at, byte);
  const after: Term[] = [];
  let place = first;
  for (; place < end && list.entries[place]!.length === at + 1; place++) {
    const number = list.numbers[place]!;
    if (number >= from && number < to) after.push(list.rests[place]!);
  }
  after.push(terms.list(list, place, end, at + 1, from, to));
  return terms.either(after);
}
