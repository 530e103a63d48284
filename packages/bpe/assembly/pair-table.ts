// Pairs of adjacent symbols and how often each occurs: an open-addressed table of 32-byte slots. A slot holds the pair
// (its left symbol in the upper half, so that pairs compare as they are ordered), its count weighted by words, how many
// places of the corpus it has (0: an empty slot), and where the list of these places ends, if there is one.

export const PAIR_SLOT: usize = 32;

@unmanaged
export class PairTable {
  slots: usize;
  /** 64 less the binary logarithm of the table's size. */
  shift: u32;
  size: u32;
}

// @ts-ignore: decorator
@inline
export function pairOf(left: u32, right: u32): u64 {
  return (<u64>left << 32) | right;
}

/** Bytes for a table of `pairs` pairs. */
export function pairTableSize(pairs: u32): u64 {
  return <u64>PAIR_SLOT << (64 - shiftFor(pairs));
}

function shiftFor(pairs: u32): u32 {
  return 32 + clz((pairs + (pairs >> 1)) | 1023);
}

/** Makes the table an empty one for `pairs` pairs, at `at`. */
export function emptyPairs(table: PairTable, at: usize, pairs: u32): void {
  table.slots = at;
  table.shift = shiftFor(pairs);
  table.size = 0;
  memory.fill(at, 0, PAIR_SLOT << (64 - table.shift));
}

/** How many pairs the table takes before it must grow. */
// @ts-ignore: decorator
@inline
export function pairCapacity(table: PairTable): u32 {
  return u32((<u64>3 << (64 - table.shift)) >> 2);
}

/** The slot of a pair, or the empty one where it belongs. */
// @ts-ignore: decorator
@inline
export function pairSlot(table: PairTable, pair: u64): usize {
  const mask = (1 << (64 - table.shift)) - 1;
  let index = u32(((pair ^ (pair >>> 29)) * 0x9e3779b97f4a7c15) >> table.shift);
  let slot = table.slots + <usize>index * PAIR_SLOT;
  while (load<u64>(slot) != pair && load<u32>(slot, 16) != 0) {
    index = (index + 1) & mask;
    slot = table.slots + <usize>index * PAIR_SLOT;
  }
  return slot;
}

/** Adds occurrences of a pair: `places` of them, that weigh `count`. */
// @ts-ignore: decorator
@inline
export function addPair(table: PairTable, pair: u64, count: f64, places: u32): usize {
  const slot = pairSlot(table, pair);
  if (load<u32>(slot, 16) == 0) {
    store<u64>(slot, pair);
    table.size++;
  }
  store<f64>(slot, load<f64>(slot, 8) + count, 8);
  store<u32>(slot, load<u32>(slot, 16) + places, 16);
  return slot;
}

/** Moves all pairs to a table for `pairs` pairs at `at`. */
export function rehashPairs(table: PairTable, at: usize, pairs: u32): void {
  const from = table.slots;
  const end = from + (PAIR_SLOT << (64 - table.shift));
  const size = table.size;
  emptyPairs(table, at, pairs);
  table.size = size;
  for (let old = from; old < end; old += PAIR_SLOT) {
    if (load<u32>(old, 16) != 0) memory.copy(pairSlot(table, load<u64>(old)), old, PAIR_SLOT);
  }
}
