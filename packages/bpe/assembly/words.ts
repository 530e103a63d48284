// Distinct words and how often each occurs: an open-addressed table whose slots of 40 bytes hold a key of 16 bytes, the
// count, and where the word's bytes are kept and how many there are. The key of up to 15 bytes is the word itself (see
// short.ts); that of a longer word is a hash, its length and 255. A key whose last byte is 0 is an empty slot.
import { hashLong } from "./long";
import { scan } from "./scan";
import { keyOf, SHORT } from "./short";

const SLOT: usize = 40;

@unmanaged
export class Words {
  /** The first field, because the host reads it: how many words there are, */
  size: u32;
  /** and their bytes in all. */
  length: u32;
  slots: usize;
  /** 64 less the binary logarithm of the table's size. */
  shift: u32;
  /** Where the bytes of the next long word go. */
  kept: usize;
  /** The piece where a text goes on that the table became full in. */
  piece: u32;
}

// @ts-ignore: decorator
@inline
function indexOf(words: Words, key: v128): u32 {
  const low = <u64>i64x2.extract_lane(key, 0);
  const high = <u64>i64x2.extract_lane(key, 1);
  const h = (low ^ rotl(high, 29)) * 0x9e3779b97f4a7c15 + high;
  return u32(((h ^ (h >>> 32)) * 0xd6e8feb86659fd93) >> words.shift);
}

function longKey(at: usize, length: u32): v128 {
  return i64x2.replace_lane(i64x2.splat(hashLong(at, length)), 1, (<u64>255 << 56) | length);
}

/** Moves to a table of `2 ** (64 - shift)` empty slots at `slots`. */
export function rehashWords(words: Words, slots: usize, shift: u32): void {
  const from = words.slots;
  const end = words.size == 0 ? from : from + (SLOT << (64 - words.shift));
  words.slots = slots;
  words.shift = shift;
  const mask = (1 << (64 - shift)) - 1;
  for (let old = from; old < end; old += SLOT) {
    if (load<u8>(old, 15) == 0) continue;
    let index = indexOf(words, v128.load(old));
    while (load<u8>(slots + <usize>index * SLOT, 15) != 0) index = (index + 1) & mask;
    memory.copy(slots + <usize>index * SLOT, old, SLOT);
  }
}

/** Adds `weight` occurrences of a word; 16 bytes from `at` on must be readable. */
// @ts-ignore: decorator
@inline
function add(words: Words, at: usize, length: u32, weight: f64): void {
  const long = length > <u32>SHORT;
  const key = long ? longKey(at, length) : keyOf(at, length, 0);
  const mask = (1 << (64 - words.shift)) - 1;
  let index = indexOf(words, key);
  let slot = words.slots + <usize>index * SLOT;
  while (load<u8>(slot, 15) != 0) {
    if (
      !v128.any_true(v128.xor(v128.load(slot), key)) &&
      (!long || memory.compare(load<u32>(slot, 24), at, length) == 0)
    ) {
      store<f64>(slot, load<f64>(slot, 16) + weight, 16);
      return;
    }
    index = (index + 1) & mask;
    slot = words.slots + <usize>index * SLOT;
  }
  v128.store(slot, key);
  store<f64>(slot, weight, 16);
  if (long) {
    memory.copy(words.kept, at, length);
    store<u32>(slot, words.kept, 24);
    words.kept += length;
  }
  store<u32>(slot, length, 28);
  words.size++;
  words.length += length;
}

/**
 * Counts the words of `text` that end at the `count` places in `ends`, from number `first` on: once each, or as often as
 * `weights` says (0: none). Answers the number of the word that the table is too full for, or `count`. `kept` must have
 * room for the bytes of all.
 */
export function countWords(
  words: Words, text: usize, ends: usize, first: u32, count: u32, weights: usize,
): u32 {
  const most = u32((<u64>3 << (64 - words.shift)) >> 2);
  let at = first == 0 ? text : text + load<u32>(ends + (<usize>first << 2) - 4);
  for (let i = first; i < count; i++) {
    if (words.size == most) return i;
    const stop = text + load<u32>(ends + (<usize>i << 2));
    add(words, at, u32(stop - at), weights == 0 ? 1 : load<f64>(weights + (<usize>i << 3)));
    at = stop;
  }
  return count;
}

/**
 * Scans texts that stand in a row and end at `textEnds`, each by itself, and counts their words, from the text
 * of number `first` on. Answers the number of the text in which the table became full, to go on there, or `count`.
 */
export function countTexts(
  words: Words, pattern: u32, classes: usize, text: usize, textEnds: usize, first: u32, count: u32, ends: usize,
): u32 {
  let at = first == 0 ? text : text + load<u32>(textEnds + (<usize>first << 2) - 4);
  for (let i = first; i < count; i++) {
    const stop = text + load<u32>(textEnds + (<usize>i << 2));
    const pieces = scan(pattern, classes, at, stop - at, ends);
    const done = countWords(words, at, ends, words.piece, pieces, 0);
    words.piece = done < pieces ? done : 0;
    if (done < pieces) return i;
    at = stop;
  }
  return count;
}

/** Writes where each line ends, behind its "\n" or at the end of the text; returns how many there are. */
export function splitLines(text: usize, length: usize, ends: usize): u32 {
  const end = text + length;
  let out = ends;
  for (let at = text; at < end; at += 16) {
    let breaks = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(10)));
    for (; breaks != 0; breaks &= breaks - 1) {
      const stop = at + ctz(breaks) + 1;
      if (stop > end) break;
      store<u32>(out, u32(stop - text));
      out += 4;
    }
  }
  if (length > 0 && load<u8>(end - 1) != 10) {
    store<u32>(out, u32(length));
    out += 4;
  }
  return u32((out - ends) >> 2);
}

/** Writes all words: their bytes in a row, where each ends, and their counts. */
export function writeWords(words: Words, bytes: usize, ends: usize, counts: usize): void {
  const last = words.slots + (SLOT << (64 - words.shift));
  let to = bytes;
  for (let slot = words.slots; slot < last; slot += SLOT) {
    if (load<u8>(slot, 15) == 0) continue;
    const length = load<u32>(slot, 28);
    memory.copy(to, length > <u32>SHORT ? <usize>load<u32>(slot, 24) : slot, length);
    to += length;
    store<u32>(ends, u32(to - bytes));
    ends += 4;
    store<f64>(counts, load<f64>(slot, 16));
    counts += 8;
  }
}
