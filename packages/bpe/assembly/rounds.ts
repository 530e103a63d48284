// A round of training: with a lower floor, the pairs of the corpus are counted, those above the floor are kept, and their
// places are listed.
import { pushPair } from "./pair-heap";
import {
  addPair, emptyPairs, PAIR_SLOT, pairCapacity, pairOf, pairSlot, pairTableSize, rehashPairs,
} from "./pair-table";
import { BORDER, cells, CHOOSE, COUNT, DONE, hasRoom, LIST, MERGE, Trainer } from "./trainer";

/** The next floor is the highest count divided by this: rounds cost time, and pairs that are kept in vain do so too. */
const FALL: f64 = 64;
/** Pairs that the table has room for at first. */
const FEW: u32 = 16384;

export function startRound(trainer: Trainer): void {
  trainer.free = trainer.base;
  trainer.cursor = trainer.corpus;
  trainer.pairs.slots = 0;
  trainer.phase = COUNT;
}

/** Goes over the pairs of the corpus, to count them or to list the places of those in the table. */
export function walk(trainer: Trainer, work: i32): i32 {
  const pairs = trainer.pairs;
  const counting = trainer.phase == COUNT;
  if (counting && pairs.slots == 0) {
    if (!hasRoom(trainer, pairTableSize(FEW))) return work;
    emptyPairs(pairs, trainer.free, FEW);
    trainer.free += <usize>pairTableSize(FEW);
  }
  const lengths = trainer.lengths;
  const longest = trainer.longest;
  const end = trainer.corpusEnd;
  let capacity = pairCapacity(pairs);
  let word = trainer.word;
  let weight = load<f64>(trainer.weights + (<usize>word << 3));
  let at = trainer.cursor;
  while (at < end) {
    const symbol = load<u32>(at);
    if (symbol >= BORDER) {
      if (work <= 0) break;
      word = symbol & ~BORDER;
      weight = load<f64>(trainer.weights + (<usize>word << 3));
      at += 4;
      continue;
    }
    const length = load<u32>(lengths + (<usize>symbol << 2));
    const next = load<u32>(at + cells(length));
    if (next < BORDER && length + load<u32>(lengths + (<usize>next << 2)) <= longest) {
      work--;
      const pair = pairOf(symbol, next);
      if (counting) {
        if (pairs.size == capacity) {
          const size = pairTableSize(capacity << 1);
          if (!hasRoom(trainer, size)) break;
          rehashPairs(pairs, trainer.free, capacity << 1);
          trainer.free += <usize>size;
          capacity = pairCapacity(pairs);
        }
        addPair(pairs, pair, weight, 1);
      } else {
        const slot = pairSlot(pairs, pair);
        if (load<u32>(slot, 16) != 0) {
          const list = load<u32>(slot, 20);
          store<u32>(list, u32(at));
          store<u32>(list, word, 4);
          store<u32>(slot, list + 8, 20);
        }
      }
    }
    at += cells(length);
  }
  trainer.cursor = at;
  trainer.word = word;
  if (at == end) trainer.phase = counting ? CHOOSE : MERGE;
  return work;
}

/** Lowers the floor, and keeps the pairs that are not below it. */
export function choose(trainer: Trainer): i32 {
  const pairs = trainer.pairs;
  const from = pairs.slots;
  const end = from + (PAIR_SLOT << (64 - pairs.shift));
  let highest: f64 = 0;
  for (let slot = from; slot < end; slot += PAIR_SLOT) highest = max(highest, load<f64>(slot, 8));
  if (highest < trainer.least || highest == 0 || trainer.next == trainer.last) {
    trainer.phase = DONE;
    return 0;
  }
  let floor = max(trainer.least, highest / FALL);
  let count: u32 = 0;
  let places: u64 = 0;
  for (;;) {
    count = 0;
    places = 0;
    for (let slot = from; slot < end; slot += PAIR_SLOT) {
      if (load<f64>(slot, 8) < floor || load<u32>(slot, 16) == 0) continue;
      count++;
      places += load<u32>(slot, 16);
    }
    // Where the lists would not fit in 4 GB, a higher floor will do.
    if (floor == highest || trainer.free + (places << 4) < 0xf0000000) break;
    floor = min(2 * floor, highest);
  }
  const size = pairTableSize(count << 1);
  const capacity = (count << 1) + 1024;
  if (!hasRoom(trainer, size + (<u64>capacity << 4) + (places << 3))) return 0;
  trainer.floor = floor;
  emptyPairs(pairs, trainer.free, count << 1);
  trainer.free += <usize>size;
  const heap = trainer.heap;
  heap.entries = trainer.free;
  heap.length = 0;
  heap.capacity = capacity;
  trainer.free += <usize>capacity << 4;
  for (let slot = from; slot < end; slot += PAIR_SLOT) {
    const weight = load<f64>(slot, 8);
    const here = load<u32>(slot, 16);
    if (weight < floor || here == 0) continue;
    const kept = addPair(pairs, load<u64>(slot), weight, here);
    store<u32>(kept, trainer.free, 20);
    trainer.free += <usize>here << 3;
    pushPair(heap, weight, load<u64>(slot));
  }
  trainer.cursor = trainer.corpus;
  trainer.phase = LIST;
  return 1000;
}
