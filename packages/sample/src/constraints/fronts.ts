import { type ByteSet, hasByte } from "./byte-set.js";
import type { Term } from "./term.js";

/** What a term asks of the next byte: in which of these sets it is, and where it leads automata. */
export interface Fronts {
  readonly sets: Set<ByteSet>;
  readonly states: Set<Term & { kind: "dfa" }>;
}

export function frontsOf(term: Term): Fronts {
  const fronts: Fronts = { sets: new Set(), states: new Set() };
  collect(term, fronts);
  return fronts;
}

function collect(term: Term, fronts: Fronts): void {
  switch (term.kind) {
    case "bytes":
      fronts.sets.add(term.set);
      break;
    case "dfa":
      fronts.states.add(term);
      break;
    case "chain":
      collect(term.first, fronts);
      if (term.first.nullable) collect(term.rest, fronts);
      break;
    case "either":
    case "both":
      for (const each of term.terms) collect(each, fronts);
      break;
    case "repeat":
    case "not":
      collect(term.term, fronts);
      break;
    case "rule":
      collect(term.rule.body!, fronts);
  }
}

/** By place in a list of bytes: the first place whose byte is treated alike. */
export function leadersOf({ sets, states }: Fronts, bytes: readonly number[]): Uint8Array {
  let leaders = new Uint8Array(bytes.length);
  const refine = (colour: (byte: number) => number) => {
    const known = new Map<number, number>();
    leaders = leaders.map((leader, i) => {
      const key = leader + 256 * colour(bytes[i]!);
      const first = known.get(key);
      if (first === undefined) known.set(key, i);
      return first ?? i;
    });
  };
  const all = [...sets];
  for (let from = 0; from < all.length; from += 24) {
    const some = all.slice(from, from + 24);
    refine((byte) => some.reduce((bits, set) => bits * 2 + Number(hasByte(set, byte)), 0));
  }
  for (const { dfa, state } of states) refine((byte) => dfa.next(state, byte));
  return leaders;
}

/** The part of a term that the next byte is read by. */
export function headOf(term: Term): Term {
  return term.kind === "chain" && !term.first.nullable ? headOf(term.first) : term;
}
