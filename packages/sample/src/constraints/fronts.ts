import { type ByteSet, hasByte } from "./byte-set.js";
import type { Term } from "./term.js";

/** What a term asks of the next byte: in which of these sets it is, and where it leads automata and lists. */
export interface Fronts {
  readonly sets: Set<ByteSet>;
  readonly colours: Map<Term, (byte: number) => number>;
}

export function frontsOf(term: Term): Fronts {
  const fronts: Fronts = { sets: new Set(), colours: new Map() };
  collect(term, fronts);
  return fronts;
}

function collect(term: Term, fronts: Fronts): void {
  switch (term.kind) {
    case "bytes":
      fronts.sets.add(term.set);
      break;
    case "dfa":
      fronts.colours.set(term, (byte) => term.dfa.next(term.state, byte));
      break;
    case "counted":
      fronts.colours.set(term, (byte) => term.characters.dfa.next(term.state, byte));
      break;
    case "list": {
      const { list, low, high, at } = term;
      const ends = Array.from({ length: 257 }, (_, i) => list.runEnd(low, high, at, i - 1));
      // Bytes that no entry goes on with are alike.
      fronts.colours.set(term, (byte) => (ends[byte] === ends[byte + 1] ? 0 : ends[byte + 1]!));
      break;
    }
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
export function leadersOf({ sets, colours }: Fronts, bytes: readonly number[]): Uint8Array {
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
  for (const colour of colours.values()) refine(colour);
  return leaders;
}

/** The part of a term that the next byte is read by. */
export function headOf(term: Term): Term {
  return term.kind === "chain" && !term.first.nullable ? headOf(term.first) : term;
}
