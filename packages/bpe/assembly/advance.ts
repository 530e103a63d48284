// Begins training and takes it further, a bounded piece of work at a time.
import { mergeNext } from "./merge-pairs";
import { PairHeap } from "./pair-heap";
import { PairTable } from "./pair-table";
import { choose, startRound, walk } from "./rounds";
import { BORDER, CHOOSE, DONE, MERGE, Trainer } from "./trainer";

// What `advance` answers besides DONE.
const MORE: u32 = 1;
const ROOM: u32 = 2;

/** Bytes that a trainer needs from the start, for words of `length` bytes and as many symbols as there will be. */
export function trainerSize(words: u32, length: u32, symbols: u32): f64 {
  return 1024 + 4 * (<f64>length + <f64>words) + 60 * <f64>symbols;
}

/**
 * Makes a trainer at `at`, with `trainerSize` bytes, of words in a row that end at `ends`. `symbolOf` has
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
