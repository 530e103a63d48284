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
