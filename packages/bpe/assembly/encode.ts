// Pieces to ids: from the tables of words met before, else by merging.
import { remember, rememberLong } from "./cache";
import { findLong, hashLong, LONGEST } from "./long";
import { merge } from "./merge";
import { Model } from "./model";
import { differs, find, hashOf, keyOf, recentSlot, SHORT } from "./short";

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
      const key = keyOf(at, length);
      const hash = hashOf(key);
      const slot = recentSlot(model, hash);
      if (differs(slot, key)) {
        let found = find(model, key, hash);
        if (found == 0) {
          const made = merge(model, at, u32(length), to);
          if (made < 0) return made;
          found = remember(model, key, to, made);
        }
        v128.store(slot, key);
        v128.store(slot, v128.load(found), 16);
      }
      const known = load<u32>(slot, 28);
      if (known <= 3) v128.store(to, v128.load(slot, 16));
      else copyIds(to, load<u32>(slot, 16), known);
      to += known << 2;
    } else {
      const made = encodeLong(model, at, u32(length), to);
      if (made < 0) return made;
      to += made << 2;
    }
    at = stop;
  }
  return i32((to - out) >> 2);
}

function encodeLong(model: Model, at: usize, length: u32, out: usize): i32 {
  if (length > LONGEST) return merge(model, at, length, out);
  const hash = hashLong(at, length);
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
