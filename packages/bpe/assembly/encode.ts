// Pieces to ids: from the tables of words met before, else by merging.
import { remember, rememberLong } from "./cache";
import { crosses } from "./crossings";
import { findLong, hashLong, LONGEST } from "./long";
import { merge } from "./merge";
import { Model } from "./model";
import { differs, find, hashOf, keyOf, recentSlot, SHORT } from "./short";

/** Marks a part of a piece: it is merged even where it would be a token if it stood alone. */
const PART: u8 = 16;

/**
 * Encodes the `count` pieces of `text` that `scan` found and writes their ids to `out`, with room for one per byte and
 * four more; returns how many, or -1 - byte for a byte that has no token. At `scratch` merging may write `mergeScratch` of the
 * longest piece.
 */
export function encode(model: Model, text: usize, ends: usize, count: u32, out: usize, scratch: usize): i32 {
  model.scratch = scratch;
  let to = out;
  let at = text;
  const last = ends + (<usize>count << 2);
  for (let piece = ends; piece < last; piece += 4) {
    const stop = text + load<u32>(piece);
    const length = stop - at;
    if (length <= SHORT) {
      const key = keyOf(at, length, 0);
      const hash = hashOf(key);
      const slot = recentSlot(model, hash);
      if (differs(slot, key)) {
        const missing = recall(model, key, hash, at, length, to);
        if (missing < 0) return missing;
      }
      to += writeIds(slot, to);
    } else {
      const made = encodeParts(model, at, stop, to);
      if (made < 0) return made;
      to += <usize>made << 2;
    }
    at = stop;
  }
  return i32((to - out) >> 2);
}

/** Puts a word among the recent ones. Returns -1 - byte for a byte that has no token. */
function recall(model: Model, key: v128, hash: u64, at: usize, length: usize, to: usize): i32 {
  let found = find(model, key, hash);
  if (found == 0) {
    const made = merge(model, at, u32(length), to);
    if (made < 0) return made;
    found = remember(model, key, to, made);
  }
  const slot = recentSlot(model, hash);
  v128.store(slot, key);
  v128.store(slot, v128.load(found), 16);
  return 0;
}

/** Writes the ids of a recent word; returns how many bytes that took. */
// @ts-ignore: decorator
@inline
function writeIds(slot: usize, to: usize): usize {
  const known = load<u32>(slot, 28);
  if (known <= 3) v128.store(to, v128.load(slot, 16));
  else copyIds(to, load<u32>(slot, 16), known);
  return <usize>known << 2;
}

/** Cuts a piece where merging never crosses from one character into the next. */
function encodeParts(model: Model, at: usize, stop: usize, out: usize): i32 {
  let from = at;
  let to = out;
  for (let block = at; block < stop; block += 16) {
    let leads = i8x16.bitmask(i8x16.ge_u(v128.load(block), i8x16.splat(-32)));
    for (; leads != 0; leads &= leads - 1) {
      const next = block + <usize>ctz(leads);
      if (next == at || next >= stop || crosses(model, next)) continue;
      const made = encodePart(model, from, next - from, PART, to);
      if (made < 0) return made;
      to += <usize>made << 2;
      from = next;
    }
  }
  const made = encodePart(model, from, stop - from, from == at ? 0 : PART, to);
  return made < 0 ? made : i32((to - out) >> 2) + made;
}

function encodePart(model: Model, at: usize, length: usize, kind: u8, to: usize): i32 {
  if (length > SHORT) return encodeLong(model, at, u32(length), kind, to);
  const key = keyOf(at, length, kind);
  const hash = hashOf(key);
  const slot = recentSlot(model, hash);
  if (differs(slot, key)) {
    const missing = recall(model, key, hash, at, length, to);
    if (missing < 0) return missing;
  }
  return i32(writeIds(slot, to) >> 2);
}

// @ts-ignore: decorator
@inline
function encodeLong(model: Model, at: usize, length: u32, kind: u8, out: usize): i32 {
  if (length > LONGEST) return merge(model, at, length, out);
  const hash = hashLong(at, length) ^ kind;
  const slot = findLong(model, hash, at, length);
  const known = load<u32>(slot, 20);
  if (known == 1) {
    store<u32>(out, load<u32>(slot, 16));
    return 1;
  }
  if (known > 0) {
    copyIds(out, load<u32>(slot, 16), known);
    return known;
  }
  const made = merge(model, at, length, out);
  if (made > 0) rememberLong(model, hash, at, length, out, made);
  return made;
}

function copyIds(to: usize, from: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) store<u32>(to + (i << 2), load<u32>(from + (i << 2)));
}
