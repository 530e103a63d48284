// The ids of short words. A bucket is a cache line of 64 bytes with room for two: their keys of 16 bytes (up to 15 bytes
// of text, then their number), then four numbers for each: up to three ids, or where more of them are in `kept`, and how many
// there are (0: no word). Those 16 bytes are copied to the output at once, whatever the number. Where pieces are looked up whole, the short
// tokens of the vocabulary are in it from the start; when it is full, it is emptied down to those.
//
// These buckets fill megabytes, and a text's words are strewn over all of them. Those met last are kept once more where the
// processor's second cache has room for them: a slot for each value of a hash's first bits, of a key and its four numbers.
import { Model } from "./model";

export const SHORT: usize = 15;
/** The binary logarithm of how many recent words are kept apart. */
const RECENT: u64 = 14;

/** 16 times 0xff, then 16 zeros: loaded from 16 - n on, the first n bytes are kept. */
const MASKS: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** The key of the 1 to 15 bytes at `at`; 16 bytes must be readable there. Of those of a `kind`, a multiple of 16. */
// @ts-ignore: decorator
@inline
export function keyOf(at: usize, length: usize, kind: u8): v128 {
  return i8x16.replace_lane(v128.and(v128.load(at), v128.load(MASKS + (16 - length))), 15, u8(length) | kind);
}

// @ts-ignore: decorator
@inline
export function hashOf(key: v128): u64 {
  const low = <u64>i64x2.extract_lane(key, 0);
  const high = <u64>i64x2.extract_lane(key, 1);
  const h = (low ^ rotl(high, 29)) * 0x9e3779b97f4a7c15 + high;
  return (h ^ (h >>> 32)) * 0xd6e8feb86659fd93;
}

// @ts-ignore: decorator
@inline
function bucketOf(model: Model, hash: u64): usize {
  return model.cache + (<usize>(hash >> model.cacheShift) << 6);
}

/** Where a key of this hash stands among the recent words, if it does: its 16 bytes, then its four numbers. */
// @ts-ignore: decorator
@inline
export function recentSlot(model: Model, hash: u64): usize {
  return model.recent + (<usize>(hash >> (64 - RECENT)) << 5);
}

// @ts-ignore: decorator
@inline
export function differs(slot: usize, key: v128): bool {
  return v128.any_true(v128.xor(v128.load(slot), key));
}

/** The address of the four numbers of a key, or 0. */
export function find(model: Model, key: v128, hash: u64): usize {
  let bucket = bucketOf(model, hash);
  // Without a branch between the two: which of them it is cannot be predicted.
  let slot = bucket + (<usize>differs(bucket, key) << 4);
  while (differs(slot, key)) {
    if (load<u32>(bucket, 60) == 0) return 0;
    bucket = next(model, bucket);
    slot = bucket + (<usize>differs(bucket, key) << 4);
  }
  return slot + 32;
}

// @ts-ignore: decorator
@inline
function next(model: Model, bucket: usize): usize {
  const end = model.cache + (<usize>64 << (64 - model.cacheShift));
  return bucket + 64 == end ? model.cache : bucket + 64;
}

/** Takes a key in that is not there yet; the address of its four numbers. */
export function insert(model: Model, key: v128): usize {
  let bucket = bucketOf(model, hashOf(key));
  while (load<u32>(bucket, 60) != 0) bucket = next(model, bucket);
  const slot = bucket + (<usize>(load<u32>(bucket, 44) != 0) << 4);
  v128.store(slot, key);
  model.cacheUsed++;
  return slot + 32;
}

/** Empties the table, down to the short tokens of the vocabulary. */
export function emptyShort(model: Model): void {
  memory.fill(model.cache, 0, <usize>64 << (64 - model.cacheShift));
  memory.fill(model.recent, 0, <usize>32 << usize(RECENT));
  model.cacheUsed = 0;
  if (model.wholePiece) {
    for (let id: u32 = 0; id < model.size; id++) {
      const start = load<u32>(model.offsets + (<usize>id << 2));
      const length = load<u32>(model.offsets + (<usize>id << 2), 4) - start;
      if (length == 0 || length > <u32>SHORT || load<u8>(model.special + id) != 0) continue;
      const slot = insert(model, keyOf(model.arena + start, length, 0));
      store<u32>(slot, id);
      store<u32>(slot, 1, 12);
    }
  }
}
