// The known patterns, written by hand over UTF-8 bytes: tens of times faster than RegExp, which stays their oracle in
// the tests. `bytes` must be valid UTF-8, as TextEncoder writes it.
import {
  classTable,
  codePointAt,
  LOWER,
  MARK,
  NEWLINE,
  NUMBER,
  OTHER,
  SPACE,
  UNCASED,
  UPPER,
  widthOf,
} from "./classes.js";
import type { PatternName } from "./patterns.js";

/** Where the piece that starts at `start` ends; `end` is the end of the text. */
export type Scanner = (bytes: Uint8Array, start: number, end: number) => number;

/** The hand-written scanner of a known pattern. */
export function scannerOf(pattern: PatternName): Scanner {
  if (pattern === "gpt2" || pattern === "r50k" || pattern === "p50k") return gpt2Scanner();
  if (pattern === "o200k") return o200kScanner();
  return cl100kScanner(pattern === "qwen2" ? 1 : pattern === "nanochat" ? 2 : 3);
}

const APOSTROPHE = 0x27;
const BLANK = 0x20;
const bit = (...classes: number[]) => classes.reduce((mask, c) => mask | (1 << c), 0);
const LETTERS = bit(UPPER, LOWER, UNCASED);
const SPACES = bit(SPACE, NEWLINE);
const SYMBOLS = bit(OTHER, MARK);
const UPPERS = bit(UPPER, UNCASED, MARK);
const LOWERS = bit(LOWER, UNCASED, MARK);
const PREFIX = bit(OTHER, MARK, SPACE);

/** The end of the run of characters from `at` whose class is in `mask`. */
function run(table: Uint8Array, mask: number, bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      if (((mask >> table[lead]!) & 1) === 0) break;
      at++;
    } else {
      if (((mask >> table[codePointAt(bytes, at)]!) & 1) === 0) break;
      at += widthOf(lead);
    }
  }
  return at;
}

/** The length of 's, 't, 're, 've, 'm, 'll or 'd at `at`, or 0. Rust's `(?i:s)` also takes the long s, U+017F. */
function contraction(bytes: Uint8Array, at: number, end: number, ignoreCase: boolean): number {
  if (at + 1 >= end || bytes[at] !== APOSTROPHE) return 0;
  const fold = ignoreCase ? 0x20 : 0;
  const first = bytes[at + 1]! | fold;
  if (first === 0x73 || first === 0x74 || first === 0x6d || first === 0x64) return 2;
  if (at + 2 >= end) return 0;
  if (ignoreCase && bytes[at + 1] === 0xc5 && bytes[at + 2] === 0xbf) return 3;
  const second = bytes[at + 2]! | fold;
  if (second === 0x65 && (first === 0x72 || first === 0x76)) return 3;
  return first === 0x6c && second === 0x6c ? 3 : 0;
}

/** `\s+(?!\S)|\s+`: white space but for its last character, which goes with the word that follows. */
function blanks(table: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  const stop = run(table, SPACES, bytes, start, end);
  if (stop === end) return end;
  let last = stop - 1;
  while ((bytes[last]! & 0xc0) === 0x80) last--;
  return last > start ? last : stop;
}

/** `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last line break, if there is one. */
function blanksAndLines(table: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  const stop = run(table, SPACES, bytes, start, end);
  for (let at = stop - 1; at >= start; at--) {
    if (bytes[at] === 10 || bytes[at] === 13) return at + 1;
  }
  return blanks(table, bytes, start, end);
}

function gpt2Scanner(): Scanner {
  const table = classTable();
  return (bytes, start, end) => {
    const short = contraction(bytes, start, end, false);
    if (short > 0) return start + short;
    const at = bytes[start] === BLANK && start + 1 < end ? start + 1 : start;
    const kind = table[codePointAt(bytes, at)]!;
    if (kind >= SPACE) return blanks(table, bytes, start, end);
    const mask = kind === NUMBER ? 1 << NUMBER : (LETTERS >> kind) & 1 ? LETTERS : SYMBOLS;
    return run(table, mask, bytes, at, end);
  };
}

/** `\p{N}{1,most}` */
function digits(table: Uint8Array, bytes: Uint8Array, start: number, end: number, most: number): number {
  let at = start;
  for (let n = 0; n < most && at < end && table[codePointAt(bytes, at)] === NUMBER; n++) {
    at += widthOf(bytes[at]!);
  }
  return at;
}

function cl100kScanner(most: number): Scanner {
  const table = classTable();
  return (bytes, start, end) => {
    const lead = bytes[start]!;
    const kind = table[codePointAt(bytes, start)]!;
    if ((LETTERS >> kind) & 1) return run(table, LETTERS, bytes, start, end);
    if (kind === NUMBER) return digits(table, bytes, start, end, most);
    const short = contraction(bytes, start, end, true);
    if (short > 0) return start + short;
    const next = start + widthOf(lead);
    let after = next < end ? table[codePointAt(bytes, next)]! : -1;
    if ((PREFIX >> kind) & 1 && after >= UPPER && after <= UNCASED) {
      return run(table, LETTERS, bytes, next, end);
    }
    if (lead !== BLANK) after = kind;
    if (after === OTHER || after === MARK) {
      let at = run(table, SYMBOLS, bytes, next, end);
      while (at < end && (bytes[at] === 10 || bytes[at] === 13)) at++;
      return at;
    }
    return blanksAndLines(table, bytes, start, end);
  };
}

function o200kScanner(): Scanner {
  const table = classTable();

  /** `[U…M]*[L…M]+` from `at`, or -1. Where no lower-case letter follows, it gives back up to its last uncased one. */
  function lowers(bytes: Uint8Array, at: number, end: number): number {
    const stop = run(table, UPPERS, bytes, at, end);
    const done = run(table, LOWERS, bytes, stop, end);
    if (done > stop) return done;
    let last = -1;
    for (let from = stop; from > at; ) {
      const to = from;
      do from--;
      while ((bytes[from]! & 0xc0) === 0x80);
      if (table[codePointAt(bytes, from)] !== UPPER) {
        last = to;
        break;
      }
    }
    return last;
  }

  /** Either of the two letter alternatives, or -1. */
  function word(bytes: Uint8Array, start: number, end: number, kind: number): number {
    const next = start + widthOf(bytes[start]!);
    const prefixed = (PREFIX >> kind) & 1;
    let stop = prefixed ? lowers(bytes, next, end) : -1;
    if (stop < 0 && kind >= UPPER && kind <= MARK) stop = lowers(bytes, start, end);
    // What is left for the second alternative is upper-case letters only.
    if (stop < 0) {
      const from = prefixed ? next : start;
      const to = run(table, UPPERS, bytes, from, end);
      if (to > from) stop = to;
    }
    return stop < 0 ? -1 : stop + contraction(bytes, stop, end, true);
  }

  return (bytes, start, end) => {
    const lead = bytes[start]!;
    const kind = table[codePointAt(bytes, start)]!;
    if (kind === NUMBER) return digits(table, bytes, start, end, 3);
    if (kind !== NEWLINE) {
      const stop = word(bytes, start, end, kind);
      if (stop > 0) return stop;
    }
    const at = lead === BLANK && start + 1 < end ? start + 1 : start;
    if ((SYMBOLS >> table[codePointAt(bytes, at)]!) & 1) {
      let stop = run(table, SYMBOLS, bytes, at, end);
      while (stop < end && (bytes[stop] === 10 || bytes[stop] === 13 || bytes[stop] === 0x2f)) stop++;
      return stop;
    }
    return blanksAndLines(table, bytes, start, end);
  };
}
