// The ids of pieces that are too long for the cache of short words, up to `LONGEST` bytes. A slot is 32 bytes: a hash,
// where the bytes are, how many, their id (if it is one) or where the ids are, and how many (0: an empty slot).
// Tokens of the vocabulary are in it from the start where pieces are looked up whole.
import { Model } from "./model";
import { SHORT } from "./short";

/** Longer pieces than this would take much of the room. */
export const LONGEST: u32 = 16384;

export function hashLong(at: usize, length: u32): u64 {
  let h: u64 = length;
  const last = at + length - 8;
  for (let from = at; from < last; from += 8) h = rotl((h ^ load<u64>(from)) * 0x9e3779b97f4a7c15, 31);
  h = (h ^ load<u64>(last)) * 0xd6e8feb86659fd93;
  return (h ^ (h >>> 32)) * 0x9e3779b97f4a7c15;
}

/** The slot of the piece, or the empty one where it belongs. */
export function findLong(model: Model, hash: u64, at: usize, length: u32): usize {
  const mask = (1 << (64 - model.longShift)) - 1;
  let index = u32(hash >> model.longShift);
  let slot = model.long + (<usize>index << 5);
  while (load<u32>(slot, 20) != 0) {
    if (
      load<u64>(slot) == hash && load<u32>(slot, 12) == length &&
      memory.compare(load<u32>(slot, 8), at, length) == 0
    ) break;
    index = (index + 1) & mask;
    slot = model.long + (<usize>index << 5);
  }
  return slot;
}

/** Empties the table, down to the long tokens of the vocabulary. */
export function emptyLong(model: Model): void {
  memory.fill(model.long, 0, <usize>32 << (64 - model.longShift));
  model.longUsed = 0;
  if (!model.wholePiece) return;
  for (let id: u32 = 0; id < model.size; id++) {
    const start = load<u32>(model.offsets + (<usize>id << 2));
    const length = load<u32>(model.offsets + (<usize>id << 2), 4) - start;
    if (length <= <u32>SHORT || load<u8>(model.special + id) != 0) continue;
    const at = model.arena + start;
    const hash = hashLong(at, length);
    const slot = findLong(model, hash, at, length);
    store<u64>(slot, hash);
    store<u32>(slot, at, 8);
    store<u32>(slot, length, 12);
    store<u32>(slot, id, 16);
    store<u32>(slot, 1, 20);
    model.longUsed++;
  }
}
