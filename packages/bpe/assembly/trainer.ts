// Training: the words of a corpus as symbols, and the most frequent pair merged again and again.
//
// A symbol fills as many cells of the corpus (four bytes each) as its token has bytes; its first and its last cell hold
// it, so that both neighbours of a place are found at once. A cell before each word and one behind the last are borders:
// `BORDER` and the word's number.
//
// A pair that comes into being does so in one merge, and from then on its count only falls. So pairs below a floor can be
// forgotten: only those at or above it are in the table and the heap and have lists of their places. When the heap is
// empty, the corpus is counted anew with a lower floor.
import { PairHeap } from "./pair-heap";
import { PairTable } from "./pair-table";

export const BORDER: u32 = 0x80000000;

// Phases. The numbers between are what `advance` answers besides DONE.
export const DONE: u32 = 0;
export const COUNT: u32 = 3;
export const CHOOSE: u32 = 4;
export const LIST: u32 = 5;
export const MERGE: u32 = 6;

@unmanaged
export class Trainer {
  /** The host reads the first three: how many merges there are; 16 bytes for each: left, right, count; */
  made: u32;
  merges: usize;
  /** and the address that memory must reach before training goes on. */
  need: usize;
  phase: u32;
  corpus: usize;
  corpusEnd: usize;
  /** Counts of words, float64. */
  weights: usize;
  /** The bytes of each symbol's token. */
  lengths: usize;
  /** The next symbol, and the one where training ends. */
  next: u32;
  last: u32;
  /** The most bytes that a token may have. */
  longest: u32;
  /** Where a walk over the corpus goes on, and in which word. */
  cursor: usize;
  word: u32;
  /** Neighbours of the pair that is merged, by symbol: see merge-pairs.ts. */
  left: usize;
  right: usize;
  /** The symbols that `left` and `right` have entries of. */
  touched: usize;
  /** Memory from `base` on is laid out anew with every floor; it is free from `free` on and ends at `limit`. */
  base: usize;
  free: usize;
  limit: usize;
  /** All pairs while they are counted; then those above the floor. */
  pairs: PairTable;
  heap: PairHeap;
  /** Pairs below either are not looked at: the one of the options, and the one of this round. */
  least: f64;
  floor: f64;
}

// @ts-ignore: decorator
@inline
export function cells(length: u32): usize {
  return <usize>length << 2;
}

// @ts-ignore: decorator
@inline
export function lengthOf(trainer: Trainer, symbol: u32): u32 {
  return load<u32>(trainer.lengths + (<usize>symbol << 2));
}

/** Whether there are `size` bytes from `free` on; if not, asks for them. */
export function hasRoom(trainer: Trainer, size: u64): bool {
  // What is beyond 4 GB the host can say.
  trainer.need = <usize>min(<u64>trainer.free + size, 0xffffffff);
  return trainer.need <= trainer.limit;
}
