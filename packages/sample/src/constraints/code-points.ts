import { byteSet } from "./byte-set.js";
import { EMPTY, type Term } from "./term.js";
import type { Terms } from "./terms.js";

/** A set of code points: ranges in order, ends included, with a gap between any two. */
export type CodePoints = readonly (readonly [first: number, last: number])[];

const LAST = 0x10ffff;
/** Characters that are looked at in one text: of those of two units, all with the same first one. */
const BLOCK = 1024;

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
  // Runs of both kinds by turns: what is not there would be looked for at each place anew.
  const runs = new RegExp(`${property}+|${property.replace("\\p", "\\P")}+`, "gu");
  const some = new RegExp(property, "u");
  const ranges: [number, number][] = [];
  for (const [first, last] of ALL) {
    for (let from = first; from <= last; from += BLOCK) {
      if (isEmpty(from)) {
        if (some.test(String.fromCodePoint(from))) ranges.push([from, from + BLOCK - 1]);
        continue;
      }
      const text = blockOf(from);
      const units = text.length / BLOCK; // by character
      for (let at = 0; at < text.length; at = runs.lastIndex) {
        runs.lastIndex = at;
        runs.test(text);
        if (some.test(text.slice(at, at + units)))
          ranges.push([from + at / units, from + runs.lastIndex / units - 1]);
      }
    }
  }
  const found = union(ranges);
  PROPERTIES.set(property, found);
  return found;
}

/**
 * Whether a block has no characters or private ones alone, which are all alike: those of planes 4 to 13, 15 and 16, but for the
 * end of each plane, where two are of neither kind.
 */
function isEmpty(first: number): boolean {
  const plane = first >> 16;
  return plane > 3 && plane !== 14 && (first & 0xffff) + BLOCK < 0x10000;
}

/** Numbers, not texts of one character: a million of those take long to make. */
const NARROW = new Uint16Array(BLOCK);
const WIDE = new Uint16Array(2 * BLOCK).map((_, i) => 0xdc00 + (i >> 1));

/** The characters of a block: those of two units have the first one in common. */
function blockOf(first: number): string {
  const units = first < 0x10000 ? NARROW : WIDE;
  if (units === NARROW) for (let i = 0; i < BLOCK; i++) units[i] = first + i;
  else for (let i = 0; i < units.length; i += 2) units[i] = 0xd7c0 + (first >> 10);
  return String.fromCharCode.apply(null, units as unknown as number[]);
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
