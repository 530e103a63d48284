// The rank of each pair of ids that merges. A slot is 12 bytes: left, right, rank; left is -1 in an empty one.
import { Model } from "./model";

export const NO_RANK: u32 = 0x7fffffff;

// @ts-ignore: decorator
@inline
function indexOf(model: Model, left: u32, right: u32): u32 {
  const key = (<u64>left << 32) | right;
  return u32(((key ^ (key >>> 29)) * 0x9e3779b97f4a7c15) >> model.pairShift);
}

/** The rank of a pair, or `NO_RANK`. */
// @ts-ignore: decorator
@inline
export function rankOf(model: Model, left: u32, right: u32): u32 {
  const mask = (1 << (64 - model.pairShift)) - 1;
  const key = (<u64>right << 32) | left;
  let index = indexOf(model, left, right);
  let slot = model.pairs + <usize>index * 12;
  let found = load<u64>(slot);
  while (found != key) {
    if (<u32>found == 0xffffffff) return NO_RANK;
    index = (index + 1) & mask;
    slot = model.pairs + <usize>index * 12;
    found = load<u64>(slot);
  }
  return load<u32>(slot, 8);
}

/** Adds the merge of a rank. A pair that comes twice has its later rank. */
export function addMerge(model: Model, left: u32, right: u32, rank: u32, token: u32): void {
  const mask = (1 << (64 - model.pairShift)) - 1;
  const key = (<u64>right << 32) | left;
  let index = indexOf(model, left, right);
  let slot = model.pairs + <usize>index * 12;
  while (<u32>load<u64>(slot) != 0xffffffff && load<u64>(slot) != key) {
    index = (index + 1) & mask;
    slot = model.pairs + <usize>index * 12;
  }
  store<u64>(slot, key);
  store<u32>(slot, rank, 8);
  store<u32>(model.made + (<usize>rank << 2), token);
}
