import { CLASS_RUNS } from "./unicode.generated.js";

/** The character classes that the patterns tell apart; 1 to 3 are letters, 6 and 7 are white space. */
export const OTHER = 0;
/** Lu, Lt. */
export const UPPER = 1;
/** Ll. */
export const LOWER = 2;
/** Lm, Lo. */
export const UNCASED = 3;
/** Combining marks. */
export const MARK = 4;
export const NUMBER = 5;
export const SPACE = 6;
/** Carriage return and line feed. */
export const NEWLINE = 7;

let table: Uint8Array | undefined;

/** The class of every code point, as one flat table of 1.1 MB, made on first use. */
export function classTable(): Uint8Array {
  if (table) return table;
  const classes = new Uint8Array(0x110000);
  let at = 0;
  for (const [, length, letter] of CLASS_RUNS.matchAll(/([0-9a-z]*)([.ULOMNSR])/g)) {
    const end = at + (length ? Number.parseInt(length, 36) : 1);
    classes.fill(".ULOMNSR".indexOf(letter!), at, end);
    at = end;
  }
  table = classes;
  return classes;
}

/** The code point whose valid UTF-8 starts at `at`. */
export function codePointAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return lead;
  const second = bytes[at + 1]! & 63;
  if (lead < 0xe0) return ((lead & 31) << 6) | second;
  const third = bytes[at + 2]! & 63;
  if (lead < 0xf0) return ((lead & 15) << 12) | (second << 6) | third;
  return ((lead & 7) << 18) | (second << 12) | (third << 6) | (bytes[at + 3]! & 63);
}

/** How many bytes the character with this first byte has. */
export function widthOf(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
