import { byteSet } from "./byte-set.js";
import { EMPTY, type Term } from "./term.js";
import type { Terms } from "./terms.js";

/** A set of code points: ranges in order, ends included, with a gap between any two. */
export type CodePoints = readonly (readonly [first: number, last: number])[];

const LAST = 0x10ffff;
const BLOCK = 256;

/** All that UTF-8 can say: code points but surrogates. */
export const ALL: CodePoints = [
  [0, 0xd7ff],
  [0xe000, LAST],
];

export function union(...sets: readonly CodePoints[]): CodePoints {
  const sorted = sets.flat().sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = joined.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

export function complement(set: CodePoints): CodePoints {
  const gaps: [number, number][] = [];
  let from = 0;
  for (const [first, last] of set) {
    if (first > from) gaps.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= LAST) gaps.push([from, LAST]);
  return gaps;
}

export function intersection(a: CodePoints, b: CodePoints): CodePoints {
  return complement(union(complement(a), complement(b)));
}

const PROPERTIES = new Map<string, CodePoints>();

/** The characters of a Unicode property, such as `\p{Lu}`: found once, by the engine's own tables. */
export function withProperty(property: string): CodePoints {
  const known = PROPERTIES.get(property);
  if (known) return known;
  const some = new RegExp(property, "u");
  const every = new RegExp(`^(?:${property})+$`, "u");
  const ranges: CodePoints[] = [];
  for (const [first, last] of ALL) {
    for (let from = first; from <= last; from += BLOCK) {
      const points = Array.from({ length: Math.min(BLOCK, last + 1 - from) }, (_, i) => from + i);
      const text = String.fromCodePoint(...points);
      // Most blocks are all of one kind.
      if (every.test(text)) ranges.push([[from, from + points.length - 1]]);
      else if (some.test(text)) {
        const found = points.filter((point) => some.test(String.fromCodePoint(point)));
        ranges.push(...found.map((point): CodePoints => [[point, point]]));
      }
    }
  }
  const found = union(...ranges);
  PROPERTIES.set(property, found);
  return found;
}

/** The characters of a set, in UTF-8. */
export function utf8(terms: Terms, set: CodePoints): Term {
  const sequences = intersection(set, ALL).flatMap(([first, last]) => cut(first, last));
  return tree(terms, sequences, 0);
}

/** Sequences with the bytes before `at` in common: a term that has each first byte, and each rest, but once. */
function tree(terms: Terms, sequences: readonly Sequence[], at: number): Term {
  const byFirst = new Map<string, Sequence[]>();
  for (const sequence of sequences) {
    const key = `${sequence[0][at]},${sequence[1][at]}`;
    const alike = byFirst.get(key);
    if (alike) alike.push(sequence);
    else byFirst.set(key, [sequence]);
  }
  const byRest = new Map<Term, [number, number][]>();
  for (const alike of byFirst.values()) {
    const [low, high] = alike[0]!;
    const rest = at + 1 === low.length ? EMPTY : tree(terms, alike, at + 1);
    const range: [number, number] = [low[at]!, high[at]!];
    const known = byRest.get(rest);
    if (known) known.push(range);
    else byRest.set(rest, [range]);
  }
  return terms.either(
    Array.from(byRest, ([rest, ranges]) => terms.chain(terms.bytes(byteSet(...ranges)), rest)),
  );
}

type Sequence = readonly [low: readonly number[], high: readonly number[]];

/** Cuts a range where the bytes of its characters are not ranges of their own. */
function cut(first: number, last: number): Sequence[] {
  for (const end of [0x7f, 0x7ff, 0xffff]) {
    if (first <= end && last > end) return [...cut(first, end), ...cut(end + 1, last)];
  }
  const low = encode(first);
  for (let i = 1; i < low.length; i++) {
    const rest = 2 ** (6 * i) - 1; // what the last i bytes say
    if ((first & ~rest) === (last & ~rest)) continue;
    if ((first & rest) !== 0) return [...cut(first, first | rest), ...cut((first | rest) + 1, last)];
    if ((last & rest) !== rest) return [...cut(first, (last & ~rest) - 1), ...cut(last & ~rest, last)];
  }
  return [[low, encode(last)]];
}

function encode(point: number): number[] {
  if (point < 0x80) return [point];
  if (point < 0x800) return [0xc0 | (point >> 6), 0x80 | (point & 63)];
  if (point < 0x10000) return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
}
