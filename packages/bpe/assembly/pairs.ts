// The merges: a record of 12 bytes for each rank (left, right, token), and a table that finds the rank of a pair. A slot of
// the table is 4 bytes, so that more of it stays in the processor's cache: the rank plus one below 8 bits of the hash, by
// which most pairs that are not merged are told without a look at the record. 0 is an empty slot.
import { noteCrossing } from "./crossings";
import { Model } from "./model";

export const NO_RANK: u32 = 0xffffffff;
const RANK_BITS: u32 = 24;

// @ts-ignore: decorator
@inline
function hashOf(key: u64): u64 {
  return (key ^ (key >>> 29)) * 0x9e3779b97f4a7c15;
}

// @ts-ignore: decorator
@inline
function recordOf(model: Model, rank: u32): usize {
  return model.merges + <usize>rank * 12;
}

/** The token that the merge of a rank makes. */
// @ts-ignore: decorator
@inline
export function tokenOf(model: Model, rank: u32): u32 {
  return load<u32>(recordOf(model, rank), 8);
}

/** The rank of a pair, or `NO_RANK`. */
// @ts-ignore: decorator
@inline
export function rankOf(model: Model, left: u32, right: u32): u32 {
  const key = (<u64>right << 32) | left;
  const hash = hashOf(key);
  const mask = (1 << (64 - model.pairShift)) - 1;
  let index = u32(hash >> model.pairShift);
  let slot = load<u32>(model.pairs + (<usize>index << 2));
  while (slot != 0) {
    const rank = (slot ^ (u32(hash) << RANK_BITS)) - 1;
    if (rank >> RANK_BITS == 0 && load<u64>(recordOf(model, rank)) == key) return rank;
    index = (index + 1) & mask;
    slot = load<u32>(model.pairs + (<usize>index << 2));
  }
  return NO_RANK;
}

/** Adds the merge of a rank. A pair that comes twice has its later rank. */
export function addMerge(model: Model, left: u32, right: u32, rank: u32, token: u32): void {
  const key = (<u64>right << 32) | left;
  const hash = hashOf(key);
  const mask = (1 << (64 - model.pairShift)) - 1;
  let index = u32(hash >> model.pairShift);
  let slot = load<u32>(model.pairs + (<usize>index << 2));
  while (slot != 0) {
    const rank = (slot ^ (u32(hash) << RANK_BITS)) - 1;
    if (rank >> RANK_BITS == 0 && load<u64>(recordOf(model, rank)) == key) break;
    index = (index + 1) & mask;
    slot = load<u32>(model.pairs + (<usize>index << 2));
  }
  store<u32>(model.pairs + (<usize>index << 2), (u32(hash) << RANK_BITS) | (rank + 1));
  const record = recordOf(model, rank);
  store<u64>(record, key);
  store<u32>(record, token, 8);
  if (model.crossings != 0) noteCrossing(model, left, right, token);
  const first = byteOf(model, left);
  const second = byteOf(model, right);
  if (first >= 0 && second >= 0) store<u32>(model.bytePairs + (<usize>(first | (second << 8)) << 2), rank + 1);
}

/** The byte that a token is, or -1. */
function byteOf(model: Model, id: u32): i32 {
  const offset = model.offsets + (<usize>id << 2);
  const start = load<u32>(offset);
  if (load<u32>(offset, 4) - start != 1) return -1;
  const byte: i32 = load<u8>(model.arena + start);
  return load<u32>(model.byteIds + (byte << 2)) == id ? byte : -1;
}

/** The rank of the pair of bytes at `at`, or `NO_RANK`. */
// @ts-ignore: decorator
@inline
export function rankOfBytes(model: Model, at: usize): u32 {
  return load<u32>(model.bytePairs + (<usize>load<u16>(at) << 2)) - 1;
}
