// Where pieces start in 64 bytes, worked out for all of them at once: a bit for each byte, and no branch that
// depends on what the text says, but for what is rare. The first byte starts a piece; so nothing before it matters.
//
// Letters, digits, white space and symbols each follow rules that only look at their neighbours: `x << 1` says of each byte
// whether the one before it is an x, `x >> 1` whether the one behind it is. Adding a bit to a run of bits carries it to the
// run's end, which finds all that follows that bit in the run.
import { beyond, bytes, continuations, digits, letters, lowers, newlines, spaces } from "./ascii";
import { codePointAt, LETTERS, LOWER, OTHER, UNCASED, widthAt } from "./classes";
import { contraction } from "./contraction";

const APOSTROPHE: u8 = 0x27;
const BLANK: u8 = 0x20;
const SLASH: u8 = 0x2f;

/** Bytes in a block. */
const BLOCK: usize = 64;

// @ts-ignore: decorator
@inline
function join(a: u32, b: u32, c: u32, d: u32): u64 {
  return <u64>(a | (b << 16)) | (<u64>(c | (d << 16)) << 32);
}

/**
 * The bytes from `at` on that start a piece, as far as this can be told from the block: the last of them starts a piece that
 * goes on behind what is known. 64 bytes must be readable. Patterns: as `scan` has them.
 */
export function startsIn(pattern: u32, classes: usize, at: usize, end: usize): u64 {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  let letter = join(letters(a), letters(b), letters(c), letters(d));
  const digit = join(digits(a), digits(b), digits(c), digits(d));
  const white = join(spaces(a), spaces(b), spaces(c), spaces(d));
  const blank = join(bytes(a, BLANK), bytes(b, BLANK), bytes(c, BLANK), bytes(d, BLANK));
  const quote = join(bytes(a, APOSTROPHE), bytes(b, APOSTROPHE), bytes(c, APOSTROPHE), bytes(d, APOSTROPHE));
  let lower = join(lowers(a), lowers(b), lowers(c), lowers(d));
  // Letters beyond ASCII are as many bytes of letters, and other symbols alike; what has rules of its own ends what is known.
  const high = join(beyond(a), beyond(b), beyond(c), beyond(d));
  const inside = high == 0 ? 0 : join(continuations(a), continuations(b), continuations(c), continuations(d));
  let last = end - at < BLOCK ? <u64>1 << (end - at) >> 1 : <u64>1 << 63;
  for (let left = high & ~inside & (last | (last - 1)); left != 0; left &= left - 1) {
    const place = <usize>ctz(left);
    const kind: u32 = load<u8>(classes + codePointAt(at + place));
    const width = widthAt(at + place);
    if (place + width > 64 || (kind != OTHER && !((LETTERS >> kind) & 1)) || (kind == UNCASED && pattern == 4)) {
      last = <u64>1 << place >> 1;
      break;
    }
    if (kind == OTHER) continue;
    const all = ((<u64>1 << width) - 1) << place;
    letter |= all;
    if (kind == LOWER) lower |= all;
  }
  if (last == 0) return 0;
  const known = last | (last - 1);
  let symbol = ~(letter | digit | white);
  let starts: u64;
  if (pattern == 0) {
    const attached = ~(blank << 1);
    starts =
      (((letter & ~(letter << 1)) | (digit & ~(digit << 1)) | (symbol & ~(symbol << 1))) & attached) |
      (white & ~((white << 1) & (white >> 1)));
    // 's and the like are pieces of their own.
    for (let left = quote & starts & (letter >> 1) & known; left != 0; left &= left - 1) {
      const place = ctz(left);
      const length = contraction(at + <usize>place, end, false);
      if (length == 0) continue;
      starts &= ~(<u64>2 << place);
      if (place + length < 64) starts |= letter & (<u64>1 << (place + length));
    }
  } else {
    const line = join(newlines(a), newlines(b), newlines(c), newlines(d));
    // Line breaks behind symbols go with them, with o200k slashes behind those as well.
    let tail = line & ~(line + (line & (symbol << 1)));
    if (pattern == 4) {
      const slash = join(bytes(a, SLASH), bytes(b, SLASH), bytes(c, SLASH), bytes(d, SLASH));
      if ((slash & (tail << 1)) != 0) {
        const more = line | slash;
        for (let before: u64 = 0; before != tail; ) {
          before = tail;
          tail |= (tail << 1) & more;
        }
        symbol &= ~tail;
      }
    }
    const space = white & ~line;
    const gap = white & ~tail;
    const symbolStart = symbol & ~(symbol << 1) & ~(blank << 1);
    const behind = (inside + (symbolStart << 1)) & ~inside;
    // What follows the last line break of white space, and its last character if a word follows.
    let indent = space & ~(space << 1) & ((line & ~tail) << 1);
    const blanks = (space + indent) & ~space & line;
    for (let left = blanks; left != 0; left &= left - 1) {
      indent &= ~highest(indent & (left ^ (left - 1)));
    }
    starts = (gap & ~(gap << 1)) | (space & ~(white >> 1)) | indent | symbolStart | groups(digit, min(pattern, 3)) |
      (letter & ~((letter | space) << 1) & ~behind);
    if (pattern == 4) {
      starts |= (letter & ~lower) & (lower << 1);
      // 's and the like go with the word before them.
      let after: u64 = 0;
      for (let left = quote & (letter << 1) & ((letter >> 1) | last) & known; left != 0; left &= left - 1) {
        const bit = left & -left;
        if (bit == after) continue;
        const place = ctz(left);
        const length = contraction(at + <usize>place, end, true);
        if (length == 0) continue;
        starts &= ~(bit * ((<u64>1 << length) - 1));
        after = place + length < 64 ? bit << length : 0;
        starts |= letter & after;
      }
    } else {
      // 's and the like are pieces of their own, whatever letters follow.
      for (let left = quote & symbolStart & (letter >> 1) & (letter >> 2) & known; left != 0; left &= left - 1) {
        const place = ctz(left);
        const length = contraction(at + <usize>place, end, true);
        if (length > 0 && place + length < 64) starts |= letter & (<u64>1 << (place + length));
      }
    }
  }
  // Of white space that goes on behind what is known, only the start is sure.
  const open = known & ~white;
  return starts & (white & last ? open == 0 ? 1 : (highest(open) << 2) - 1 : known);
}

// @ts-ignore: decorator
@inline
function highest(mask: u64): u64 {
  return mask == 0 ? 0 : <u64>1 << (63 - clz(mask));
}

/** Where groups of `most` digits start in runs of them. */
// @ts-ignore: decorator
@inline
function groups(digit: u64, most: u32): u64 {
  let starts = digit & ~(digit << 1);
  let whole = digit & (digit << 1);
  if (most > 1) whole &= digit << 2;
  if (most > 2) whole &= digit << 3;
  for (let next = (starts << most) & whole; next != 0; next = (next << most) & whole) starts |= next;
  return starts;
}
