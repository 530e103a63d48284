// Training: the words of a corpus as symbols, and the most frequent pair merged again and again.
//
// A symbol fills as many cells of the corpus (four bytes each) as its token has bytes; its first and its last cell hold
// it, so that both neighbours of a place are found at once. A cell before each word and one behind the last are borders:
// `BORDER` and the word's number.
//
// A pair that comes into being does so in one merge, and from then on its count only falls. So pairs below a floor can be
// forgotten: only those at or above it are in the table and the heap and have lists of their places. When the heap is
// empty, the corpus is counted anew with a lower floor.
import { mergeNext } from "./merge-pairs";
import { PairHeap } from "./pair-heap";
import { PairTable } from "./pair-table";
import { choose, startRound, walk } from "./rounds";

export const BORDER: u32 = 0x80000000;

// What `advance` answers; DONE is a phase too, as those below are.
export const DONE: u32 = 0;
const MORE: u32 = 1;
const ROOM: u32 = 2;
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

/** Bytes that a trainer needs from the start, for words of `length` bytes and as many symbols as there will be. */
export function trainerSize(words: u32, length: u32, symbols: u32): f64 {
  return 1024 + 4 * (<f64>length + <f64>words) + 60 * <f64>symbols;
}

/**
 * Makes a trainer at `at`, with `trainerSize` bytes, of words one behind the other that end at `ends`. `symbolOf` has
 * the symbol of each byte: there are `first` of them.
 */
export function newTrainer(
  at: usize, bytes: usize, ends: usize, words: u32, weights: usize, symbolOf: usize,
  first: u32, last: u32, least: f64, longest: u32,
): Trainer {
  const trainer = changetype<Trainer>(at);
  at += offsetof<Trainer>();
  trainer.pairs = changetype<PairTable>(at);
  at += offsetof<PairTable>();
  trainer.heap = changetype<PairHeap>(at);
  at += offsetof<PairHeap>();
  at = (at + 63) & ~63;
  trainer.left = at;
  trainer.right = at += <usize>last << 4;
  trainer.merges = at += <usize>last << 4;
  trainer.touched = at += <usize>last << 4;
  trainer.lengths = at += <usize>last << 3;
  trainer.corpus = at += <usize>last << 2;
  trainer.weights = weights;
  trainer.next = first;
  trainer.last = last;
  trainer.least = least;
  trainer.longest = longest;
  for (let symbol: u32 = 0; symbol < first; symbol++) store<u32>(trainer.lengths + (<usize>symbol << 2), 1);
  let from = bytes;
  for (let word: u32 = 0; word < words; word++) {
    const stop = bytes + load<u32>(ends + (<usize>word << 2));
    // A word of one byte has no pairs.
    if (stop - from > 1) {
      store<u32>(at, BORDER | word);
      at += 4;
      for (let byte = from; byte < stop; byte++, at += 4) store<u32>(at, load<u32>(symbolOf + (<usize>load<u8>(byte) << 2)));
    }
    from = stop;
  }
  store<u32>(at, BORDER);
  trainer.corpusEnd = at;
  trainer.base = (at + 67) & ~63;
  startRound(trainer);
  return trainer;
}

/**
 * Works for about `work` steps within memory that ends at `limit`. Answers DONE, MORE, or ROOM: then it has to be
 * called again when memory reaches `need`.
 */
export function advance(trainer: Trainer, limit: usize, work: i32): u32 {
  trainer.limit = limit;
  let left = work;
  while (left > 0) {
    const phase = trainer.phase;
    if (phase == DONE) return DONE;
    if (phase == MERGE) left -= mergeNext(trainer);
    else if (phase == CHOOSE) left -= choose(trainer);
    else left = walk(trainer, left);
    if (trainer.need > limit) return ROOM;
  }
  return MORE;
}

/** Whether there are `size` bytes from `free` on; if not, asks for them. */
export function hasRoom(trainer: Trainer, size: u64): bool {
  // What is beyond 4 GB the host can say.
  trainer.need = <usize>min(<u64>trainer.free + size, 0xffffffff);
  return trainer.need <= trainer.limit;
}
