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
      let isIn = some.test(text.slice(0, units));
      for (let at = 0; at < text.length; at = runs.lastIndex) {
        runs.lastIndex = at;
        runs.test(text);
        if (isIn) ranges.push([from + at / units, from + runs.lastIndex / units - 1]);
        isIn = !isIn;
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
const UTF16 = new TextDecoder("utf-16le", { ignoreBOM: true });

/** The characters of a block: those of two units have the first one in common. */
function blockOf(first: number): string {
  const units = first < 0x10000 ? NARROW : WIDE;
  if (units === NARROW) for (let i = 0; i < BLOCK; i++) units[i] = first + i;
  else for (let i = 0; i < units.length; i += 2) units[i] = 0xd7c0 + (first >> 10);
  return UTF16.decode(units);
}
