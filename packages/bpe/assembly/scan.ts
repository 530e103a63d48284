// The known patterns, written by hand over UTF-8: RegExp stays their oracle in the tests. Most pieces are found by looking at
// 64 bytes at once (blocks.ts), which spares a mispredicted branch a piece; whatever that cannot decide goes character by
// character.
import { startsIn } from "./blocks";
import {
  classAt, LETTERS, LOWERS, MARK, NEWLINE, NUMBER, OTHER, PREFIX, run, SPACE, SPACES, SYMBOLS, UNCASED, UPPER,
  UPPERS, widthAt,
} from "./classes";
import { contraction } from "./contraction";

const BLANK: u32 = 0x20;
/** How many pieces are cut one by one behind a block that did not tell where a piece ends: so most do not then. */
const ALONE: u32 = 3;

/** `\s+(?!\S)|\s+`: white space but for its last character, which goes with the word that follows. */
function blanks(start: usize, stop: usize, end: usize): usize {
  if (stop == end) return end;
  let last = stop - 1;
  while ((load<u8>(last) & 0xc0) == 0x80) last--;
  return last > start ? last : stop;
}

/** `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last line break, if there is one. */
function blanksAndLines(classes: usize, start: usize, end: usize): usize {
  const stop = run(classes, SPACES, start, end);
  for (let at = stop; at > start; at--) {
    const byte: u32 = load<u8>(at - 1);
    if (byte == 10 || byte == 13) return at;
  }
  return blanks(start, stop, end);
}

/** `\p{N}{1,most}` */
function numbers(classes: usize, start: usize, end: usize, most: u32): usize {
  let at = start;
  for (let n: u32 = 0; n < most && at < end && classAt(classes, at) == NUMBER; n++) at += widthAt(at);
  return at;
}

function gpt2Piece(classes: usize, start: usize, end: usize): usize {
  const lead: u32 = load<u8>(start);
  const short = contraction(start, end, false);
  if (short > 0) return start + short;
  const at = lead == BLANK && start + 1 < end ? start + 1 : start;
  const kind = classAt(classes, at);
  if (kind >= SPACE) return blanks(start, run(classes, SPACES, start, end), end);
  return run(classes, (LETTERS >> kind) & 1 ? LETTERS : kind == NUMBER ? 1 << NUMBER : SYMBOLS, at, end);
}

function cl100kPiece(classes: usize, start: usize, end: usize, most: u32): usize {
  const lead: u32 = load<u8>(start);
  const kind = classAt(classes, start);
  if ((LETTERS >> kind) & 1) return run(classes, LETTERS, start, end);
  if (kind == NUMBER) return numbers(classes, start, end, most);
  const short = contraction(start, end, true);
  if (short > 0) return start + short;
  const next = start + widthAt(start);
  let after = next < end ? classAt(classes, next) : NEWLINE + 1;
  if ((PREFIX >> kind) & 1 && after >= UPPER && after <= UNCASED) return run(classes, LETTERS, next, end);
  if (lead != BLANK) after = kind;
  if (after == OTHER || after == MARK) {
    let at = run(classes, SYMBOLS, next, end);
    while (at < end && (load<u8>(at) == 10 || load<u8>(at) == 13)) at++;
    return at;
  }
  return blanksAndLines(classes, start, end);
}

/** `[U…M]*[L…M]+` from `at`, or 0. Where no lower-case letter follows, it gives back up to its last uncased one. */
function lowerWord(classes: usize, at: usize, end: usize): usize {
  const stop = run(classes, UPPERS, at, end);
  const done = run(classes, LOWERS, stop, end);
  if (done > stop) return done;
  for (let from = stop; from > at; ) {
    const to = from;
    do from--; while ((load<u8>(from) & 0xc0) == 0x80);
    if (classAt(classes, from) != UPPER) return to;
  }
  return 0;
}

/** Either of o200k's two letter alternatives, or 0. */
function word(classes: usize, start: usize, end: usize, kind: u32): usize {
  const next = start + widthAt(start);
  const prefixed = (PREFIX >> kind) & 1;
  let stop = prefixed ? lowerWord(classes, next, end) : 0;
  if (stop == 0 && kind >= UPPER && kind <= MARK) stop = lowerWord(classes, start, end);
  // What is left for the second alternative is upper-case letters only.
  if (stop == 0) {
    const from = prefixed ? next : start;
    const to = run(classes, UPPERS, from, end);
    if (to > from) stop = to;
  }
  return stop == 0 ? 0 : stop + contraction(stop, end, true);
}

function o200kPiece(classes: usize, start: usize, end: usize): usize {
  const lead: u32 = load<u8>(start);
  const kind = classAt(classes, start);
  if (kind == NUMBER) return numbers(classes, start, end, 3);
  if (kind != NEWLINE) {
    const stop = word(classes, start, end, kind);
    if (stop > 0) return stop;
  }
  const at = lead == BLANK && start + 1 < end ? start + 1 : start;
  if ((SYMBOLS >> classAt(classes, at)) & 1) {
    let stop = run(classes, SYMBOLS, at, end);
    while (stop < end && (load<u8>(stop) == 10 || load<u8>(stop) == 13 || load<u8>(stop) == 0x2f)) stop++;
    return stop;
  }
  return blanksAndLines(classes, start, end);
}

/**
 * Cuts the valid UTF-8 in `text[0 .. length)` and writes where each piece ends; returns how many there are. 64 bytes
 * behind the text must be readable. Patterns: 0 gpt2, 1 to 3 cl100k with so many digits, 4 o200k.
 */
export function scan(pattern: u32, classes: usize, text: usize, length: usize, ends: usize): u32 {
  const end = text + length;
  let at = text;
  let out = ends;
  let alone: u32 = 0;
  while (at < end) {
    if (alone > 0) {
      alone--;
    } else {
      let starts = startsIn(pattern, classes, at, end) & ~1;
      if (starts != 0) {
        const from = u32(at - text);
        at += 63 - <usize>clz(starts);
        for (; starts != 0; starts &= starts - 1, out += 4) store<u32>(out, from + u32(ctz(starts)));
        continue;
      }
      alone = ALONE;
    }
    if (pattern == 0) at = gpt2Piece(classes, at, end);
    else if (pattern == 4) at = o200kPiece(classes, at, end);
    else at = cl100kPiece(classes, at, end, pattern);
    store<u32>(out, u32(at - text));
    out += 4;
  }
  return u32((out - ends) >> 2);
}
