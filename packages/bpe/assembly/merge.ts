// The bytes of one piece to ids: always the pair of lowest rank, the leftmost of equals. Three ways to find it, by how many
// parts there are. Scratch begins with the rank of each part and the next one.
import { mergeMany } from "./merge-many";
import { Model } from "./model";
import { NO_RANK, rankOf, rankOfBytes, tokenOf } from "./pairs";

/** As many parts as `mergeFew` takes: their keys fill four vectors. */
const FEW: u32 = 16;
/** From so many parts on, a heap beats looking at all of them for each merge. */
const MANY: u32 = 64;

// Of lanes that stand for the places 0 to 15.
const PLACES_0: v128 = i32x4(0, 1, 2, 3);
const PLACES_1: v128 = i32x4(4, 5, 6, 7);
const PLACES_2: v128 = i32x4(8, 9, 10, 11);
const PLACES_3: v128 = i32x4(12, 13, 14, 15);

/** How many bytes of scratch merging a piece of `length` bytes takes. */
export function mergeScratch(length: u32): usize {
  return <usize>length * 40 + 64;
}

/** Writes the ids of the piece to `ids`; returns how many, or -1 - byte for a byte that has no token. */
export function merge(model: Model, at: usize, length: u32, ids: usize): i32 {
  const missing = split(model, at, length, ids);
  if (missing < 0) return missing;
  const count = length > FEW ? mergeRounds(model, ids, length) : length;
  return count > FEW ? mergeMany(model, ids, count) : mergeFew(model, ids, count, 1);
}

/** The same, until two parts are left; more are left of a piece that takes a heap, or has a byte without a token. */
export function mergeToPair(model: Model, at: usize, length: u32, ids: usize): u32 {
  if (split(model, at, length, ids) < 0) return length;
  const count = length > FEW ? mergeRounds(model, ids, length) : length;
  return count > FEW ? count : mergeFew(model, ids, count, 2);
}

/** Makes each byte a part. Returns -1 - byte for a byte that has no token. */
// @ts-ignore: decorator
@inline
function split(model: Model, at: usize, length: u32, ids: usize): i32 {
  const last = at + length - 1;
  let rank = model.scratch;
  for (let from = at; from <= last; from++, ids += 4, rank += 4) {
    const byte: u32 = load<u8>(from);
    const id = load<i32>(model.byteIds + (byte << 2));
    if (id < 0) return -1 - <i32>byte;
    store<u32>(ids, id);
    store<u32>(rank, from < last ? rankOfBytes(model, from) : NO_RANK);
  }
  return 0;
}

/**
 * Merges up to `FEW` parts until `least` are left; returns how many are. Parts stay where they are: a bit of `starts` says
 * for each place whether a part starts there. A key is a rank and its place; all are kept in registers, as what is stored a
 * number at a time is slow to load as a vector.
 */
function mergeFew(model: Model, ids: usize, count: u32, least: u32): u32 {
  const ranks = model.scratch;
  const none = i32x4.splat(NO_RANK);
  for (let i: usize = 0; i < 64; i += 16) v128.store(ranks + (<usize>count << 2) + i, none);
  let keys0 = v128.or(i32x4.shl(v128.load(ranks), 4), PLACES_0);
  let keys1 = v128.or(i32x4.shl(v128.load(ranks, 16), 4), PLACES_1);
  let keys2 = v128.or(i32x4.shl(v128.load(ranks, 32), 4), PLACES_2);
  let keys3 = v128.or(i32x4.shl(v128.load(ranks, 48), 4), PLACES_3);
  let starts: u32 = (1 << count) - 1;
  let left = count;
  for (; left > least; left--) {
    let low = i32x4.min_u(i32x4.min_u(keys0, keys1), i32x4.min_u(keys2, keys3));
    low = i32x4.min_u(low, v128.shuffle<i32>(low, low, 2, 3, 0, 1));
    low = i32x4.min_u(low, v128.shuffle<i32>(low, low, 1, 0, 3, 2));
    const key = <u32>i32x4.extract_lane(low, 0);
    if (key >= NO_RANK << 4) break;
    const place = key & 15;
    const behind = starts & (<u32>-2 << place);
    const gone = ctz(behind);
    const next = behind & (behind - 1);
    const before = starts & ((1 << place) - 1);
    starts ^= 1 << gone;
    const id = tokenOf(model, key >> 4);
    store<u32>(ids + (<usize>place << 2), id);
    let at = i32x4.splat(gone);
    keys0 = v128.or(keys0, i32x4.eq(PLACES_0, at));
    keys1 = v128.or(keys1, i32x4.eq(PLACES_1, at));
    keys2 = v128.or(keys2, i32x4.eq(PLACES_2, at));
    keys3 = v128.or(keys3, i32x4.eq(PLACES_3, at));
    const here = next == 0 ? NO_RANK : rankOf(model, id, load<u32>(ids + (<usize>ctz(next) << 2)));
    let changed = i32x4.splat((here << 4) | place);
    at = i32x4.splat(place);
    keys0 = v128.bitselect(changed, keys0, i32x4.eq(PLACES_0, at));
    keys1 = v128.bitselect(changed, keys1, i32x4.eq(PLACES_1, at));
    keys2 = v128.bitselect(changed, keys2, i32x4.eq(PLACES_2, at));
    keys3 = v128.bitselect(changed, keys3, i32x4.eq(PLACES_3, at));
    if (before != 0) {
      const previous = 31 - clz(before);
      const there = rankOf(model, load<u32>(ids + (<usize>previous << 2)), id);
      changed = i32x4.splat((there << 4) | previous);
      at = i32x4.splat(previous);
      keys0 = v128.bitselect(changed, keys0, i32x4.eq(PLACES_0, at));
      keys1 = v128.bitselect(changed, keys1, i32x4.eq(PLACES_1, at));
      keys2 = v128.bitselect(changed, keys2, i32x4.eq(PLACES_2, at));
      keys3 = v128.bitselect(changed, keys3, i32x4.eq(PLACES_3, at));
    }
  }
  for (let to = ids; starts != 0; starts &= starts - 1, to += 4) {
    store<u32>(to, load<u32>(ids + (<usize>ctz(starts) << 2)));
  }
  return left;
}

/**
 * Merges all pairs of the lowest rank in one walk over the parts, and so on, down to `FEW` parts; or while each walk
 * makes `MANY` parts many fewer, as long pieces mostly repeat themselves. Returns how many are left.
 */
function mergeRounds(model: Model, ids: usize, length: u32): u32 {
  const ranks = model.scratch;
  let count = length;
  let before: u32;
  do {
    before = count;
    const rank = lowest(ranks, count);
    if (rank == NO_RANK) break;
    const made = tokenOf(model, rank);
    const end = <usize>count << 2;
    let merging = true;
    let to: usize = 0;
    for (let from: usize = 0; from < end; to += 4) {
      let id = load<u32>(ids + from);
      let here = load<u32>(ranks + from);
      from += 4;
      if (here == rank && merging) {
        id = made;
        from += 4;
        here = from < end ? rankOf(model, id, load<u32>(ids + from)) : NO_RANK;
        const there = to > 0 ? rankOf(model, load<u32>(ids + to - 4), id) : NO_RANK;
        if (to > 0) store<u32>(ranks + to - 4, there);
        // A lower rank than this one comes first.
        merging = here > rank && there > rank;
      }
      store<u32>(ids + to, id);
      store<u32>(ranks + to, here);
    }
    count = u32(to >> 2);
  } while (count > FEW && (count <= MANY || before - count > before >> 4));
  return count;
}

function lowest(ranks: usize, count: u32): u32 {
  let low = NO_RANK;
  for (let i: u32 = 0; i < count; i++) low = min(low, load<u32>(ranks + (<usize>i << 2)));
  return low;
}
