// What has been encoded before: the ids of short words (short.ts) and of longer pieces (long.ts), and the bytes that both
// keep. When either is full, both are emptied, down to the tokens of the vocabulary.
import { emptyLong, findLong } from "./long";
import { Model } from "./model";
import { emptyShort, insert } from "./short";

/** Remembers the `count` ids at `ids` for a key that was not found; the address of its four numbers. */
export function remember(model: Model, key: v128, ids: usize, count: u32): usize {
  makeRoom(model, count << 2);
  const slot = insert(model, key);
  if (count <= 3) {
    for (let i: u32 = 0; i < count; i++) store<u32>(slot + (i << 2), load<u32>(ids + (i << 2)));
  } else {
    store<u32>(slot, keep(model, ids, count << 2));
  }
  store<u32>(slot, count, 12);
  return slot;
}

/** Remembers the ids of a piece that was not found. */
export function rememberLong(model: Model, hash: u64, at: usize, length: u32, ids: usize, count: u32): void {
  makeRoom(model, (count << 2) + length + 16);
  if (model.longUsed >= model.longLimit) emptyLong(model);
  const slot = findLong(model, hash, at, length);
  store<u64>(slot, hash);
  store<u32>(slot, keep(model, at, length), 8);
  store<u32>(slot, length, 12);
  store<u32>(slot, count == 1 ? load<u32>(ids) : keep(model, ids, count << 2), 16);
  store<u32>(slot, count, 20);
  model.longUsed++;
}

/** Makes room for a word and `size` bytes in `kept`. */
export function makeRoom(model: Model, size: u32): void {
  if (model.cacheUsed >= model.cacheLimit || model.keptLength + size > model.keptLimit) empty(model);
}

/** Copies `size` bytes to where they stay until the cache is emptied. */
export function keep(model: Model, from: usize, size: u32): usize {
  const at = model.kept + model.keptLength;
  memory.copy(at, from, size);
  model.keptLength += (size + 7) & ~7;
  return at;
}

/** Empties the cache, down to the tokens of the vocabulary. */
export function empty(model: Model): void {
  emptyShort(model);
  model.keptLength = 0;
  emptyLong(model);
}
