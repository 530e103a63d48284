// Training: the words of a corpus as symbols, and the most frequent pair merged again and again.
//
// A symbol fills as many cells of the corpus (four bytes each) as its token has bytes; its first and its last cell hold
// it, so that both neighbours of a place are found at once. A cell before each word and one behind the last are borders:
// `BORDER` and the word's number.
//
// A pair that comes into being does so in one merge, and from then on its count only falls. So pairs below a floor can be
// forgotten: only those at or above it are in the table and the heap and have lists of their places. When the heap is
// empty, the corpus is counted anew with a lower floor.
import { emptyPairs, addPair, PAIR_SLOT, pairCapacity, pairOf, pairSlot, PairTable, pairTableSize, rehashPairs } from "./pair-table";
import { PairHeap, popPair, pushPair, replaceFirst } from "./pair-heap";

const BORDER: u32 = 0x80000000;
/** A cell where a symbol began that is now the right part of another. */
const GONE: u32 = 0x7fffffff;
/** The next floor is the highest count divided by this. */
const FALL: f64 = 4;

// What there is to do next; the host knows the first three.
const DONE: u32 = 0;
const MORE: u32 = 1;
const ROOM: u32 = 2;
const COUNT: u32 = 3;
const CHOOSE: u32 = 4;
const LIST: u32 = 5;
const MERGE: u32 = 6;

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
  /** Neighbours of the pair that is merged, by symbol: see `Neighbour`. */
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

/** What stands on one side of a pair: its weight, in how many places, and where the next of them is noted (0: nowhere). */
@unmanaged
class Neighbour {
  weight: f64;
  places: u32;
  list: usize;
}

// @ts-ignore: decorator
@inline
function cells(length: u32): usize {
  return <usize>length << 2;
}

// @ts-ignore: decorator
@inline
function lengthOf(trainer: Trainer, symbol: u32): u32 {
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
  trainer.phase = COUNT;
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
function hasRoom(trainer: Trainer, size: u64): bool {
  // What is beyond 4 GB the host can say.
  trainer.need = <usize>min(<u64>trainer.free + size, 0xffffffff);
  return trainer.need <= trainer.limit;
}

function startRound(trainer: Trainer): void {
  trainer.free = trainer.base;
  trainer.cursor = trainer.corpus;
  trainer.pairs.slots = 0;
  trainer.phase = COUNT;
}

/** Goes over the pairs of the corpus, to count them or to list the places of those in the table. */
function walk(trainer: Trainer, work: i32): i32 {
  const pairs = trainer.pairs;
  const counting = trainer.phase == COUNT;
  if (counting && pairs.slots == 0) {
    if (!hasRoom(trainer, pairTableSize(16384))) return work;
    emptyPairs(pairs, trainer.free, 16384);
    trainer.free += <usize>pairTableSize(16384);
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
function choose(trainer: Trainer): i32 {
  const pairs = trainer.pairs;
  const from = pairs.slots;
  const end = from + (PAIR_SLOT << (64 - pairs.shift));
  let highest: f64 = 0;
  for (let slot = from; slot < end; slot += PAIR_SLOT) highest = max(highest, load<f64>(slot, 8));
  if (highest < trainer.least || highest == 0 || trainer.next == trainer.last) {
    trainer.phase = DONE;
    return 0;
  }
  const floor = max(trainer.least, highest / FALL);
  let count: u32 = 0;
  let places: u64 = 0;
  for (let slot = from; slot < end; slot += PAIR_SLOT) {
    if (load<f64>(slot, 8) < floor || load<u32>(slot, 16) == 0) continue;
    count++;
    places += load<u32>(slot, 16);
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

/** Merges the first pair of the heap; answers how much work it was. */
function mergeNext(trainer: Trainer): i32 {
  const heap = trainer.heap;
  if (trainer.next == trainer.last || (heap.length == 0 && trainer.floor <= trainer.least)) {
    trainer.phase = DONE;
    return 0;
  }
  if (heap.length == 0) {
    startRound(trainer);
    return 0;
  }
  const pair = load<u64>(heap.entries, 8);
  const slot = pairSlot(trainer.pairs, pair);
  const count = load<f64>(slot, 8);
  if (count != load<f64>(heap.entries)) {
    if (count >= trainer.floor) replaceFirst(heap, count, pair);
    else popPair(heap);
    return 1;
  }
  const places = load<u32>(slot, 16);
  if (!makeRoom(trainer, places)) return 0;
  merge(trainer, pair, count, places);
  return i32(places) + 10;
}

/** Room for all that merging a pair with so many places can bring forth. */
function makeRoom(trainer: Trainer, places: u32): bool {
  const pairs = trainer.pairs;
  const heap = trainer.heap;
  const most: u32 = (min(places, trainer.next) << 1) + 1;
  const heapGrows = heap.length + most > heap.capacity;
  const pairsGrow = pairs.size + most > pairCapacity(pairs);
  const capacity = (heap.length + most) << 1;
  const size = pairTableSize((pairs.size + most) << 1);
  const need = (<u64>places << 4) + (heapGrows ? <u64>capacity << 4 : 0) + (pairsGrow ? size : 0);
  if (!hasRoom(trainer, need)) return false;
  if (heapGrows) {
    memory.copy(trainer.free, heap.entries, <usize>heap.length << 4);
    heap.entries = trainer.free;
    heap.capacity = capacity;
    trainer.free += <usize>capacity << 4;
  }
  if (pairsGrow) {
    rehashPairs(pairs, trainer.free, (pairs.size + most) << 1);
    trainer.free += <usize>size;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function neighbour(table: usize, symbol: u32): Neighbour {
  return changetype<Neighbour>(table + (<usize>symbol << 4));
}

function merge(trainer: Trainer, pair: u64, count: f64, places: u32): void {
  const made = trainer.next++;
  const first = u32(pair >> 32);
  const second = u32(pair);
  const firstCells = cells(lengthOf(trainer, first));
  const length = lengthOf(trainer, first) + lengthOf(trainer, second);
  const size = cells(length);
  store<u32>(trainer.lengths + (<usize>made << 2), length);
  const entry = trainer.merges + (<usize>trainer.made << 4);
  trainer.made++;
  store<u32>(entry, first);
  store<u32>(entry, second, 4);
  store<f64>(entry, count, 8);
  popPair(trainer.heap);
  const slot = pairSlot(trainer.pairs, pair);
  store<f64>(slot, 0, 8);
  const end: usize = load<u32>(slot, 20);
  const list = end - (<usize>places << 3);

  // Places are in the order of the corpus, so that of pairs that overlap the left one is merged.
  const left = trainer.left;
  const right = trainer.right;
  let touched = trainer.touched;
  let kept = list;
  let twice: f64 = 0; // merged places side by side
  let twicePlaces: u32 = 0;
  for (let from = list; from < end; from += 8) {
    const at: usize = load<u32>(from);
    if (load<u32>(at) != first || load<u32>(at + firstCells) != second) continue;
    const word = load<u32>(from, 4);
    const weight = load<f64>(trainer.weights + (<usize>word << 3));
    const before = load<u32>(at - 4);
    const after = load<u32>(at + size);
    store<u32>(at + firstCells, GONE);
    store<u32>(at, made);
    store<u32>(at + size - 4, made);
    store<u32>(kept, u32(at));
    store<u32>(kept, word, 4);
    kept += 8;
    if (before == made) {
      // The place before took this one's left part for its neighbour on the right.
      twice += weight;
      twicePlaces++;
    } else if (before < BORDER) {
      const entry = neighbour(left, before);
      if (entry.places == 0) {
        store<u32>(touched, before);
        touched += 4;
      }
      entry.places++;
      entry.weight += weight;
    }
    if (after < BORDER) {
      const entry = neighbour(right, after);
      if (entry.places == 0) {
        store<u32>(touched, after | BORDER);
        touched += 4;
      }
      entry.places++;
      entry.weight += weight;
    }
  }

  const room = trainer.free;
  for (let at = trainer.touched; at < touched; at += 4) {
    const symbol = load<u32>(at) & ~BORDER;
    const onRight = load<u32>(at) >= BORDER;
    const entry = neighbour(onRight ? right : left, symbol);
    lower(trainer, onRight ? pairOf(second, symbol) : pairOf(symbol, first), entry.weight);
    if (onRight && symbol == first) {
      entry.weight -= twice;
      entry.places -= twicePlaces;
    }
    const fits = length + lengthOf(trainer, symbol) <= trainer.longest;
    if (fits && entry.places > 0 && entry.weight >= trainer.floor) {
      entry.list = raise(trainer, onRight ? pairOf(made, symbol) : pairOf(symbol, made), entry.weight, entry.places);
    }
  }
  let twiceList: usize = 0;
  if (twice >= trainer.floor && length + length <= trainer.longest) {
    twiceList = raise(trainer, pairOf(made, made), twice, twicePlaces);
  }
  if (trainer.free > room) note(trainer, made, size, list, kept, twiceList);
  for (let at = trainer.touched; at < touched; at += 4) {
    const symbol = load<u32>(at);
    const entry = symbol >= BORDER ? neighbour(right, symbol & ~BORDER) : neighbour(left, symbol);
    entry.weight = 0;
    entry.places = 0;
    entry.list = 0;
  }
}

/** Fewer occurrences of a pair, if it is one of those above the floor. */
// @ts-ignore: decorator
@inline
function lower(trainer: Trainer, pair: u64, weight: f64): void {
  const slot = pairSlot(trainer.pairs, pair);
  if (load<u32>(slot, 16) != 0) store<f64>(slot, load<f64>(slot, 8) - weight, 8);
}

/** A new pair; answers where its list of places starts. */
function raise(trainer: Trainer, pair: u64, weight: f64, places: u32): usize {
  const list = trainer.free;
  trainer.free += <usize>places << 3;
  const slot = addPair(trainer.pairs, pair, weight, places);
  store<u32>(slot, u32(trainer.free), 20);
  pushPair(trainer.heap, weight, pair);
  return list;
}

/** Notes the places of the new pairs that have lists: those of the merged symbol with its neighbours. */
function note(trainer: Trainer, made: u32, size: usize, list: usize, end: usize, twice: usize): void {
  for (let from = list; from < end; from += 8) {
    const at: usize = load<u32>(from);
    const before = load<u32>(at - 4);
    const after = load<u32>(at + size);
    if (before == made) {
      if (twice != 0) {
        store<u32>(twice, u32(at - size));
        store<u32>(twice, load<u32>(from, 4), 4);
        twice += 8;
      }
    } else if (before < BORDER) {
      const entry = neighbour(trainer.left, before);
      if (entry.list != 0) {
        store<u32>(entry.list, u32(at - cells(lengthOf(trainer, before))));
        store<u32>(entry.list, load<u32>(from, 4), 4);
        entry.list += 8;
      }
    }
    if (after < BORDER && after != made) {
      const entry = neighbour(trainer.right, after);
      if (entry.list != 0) {
        store<u32>(entry.list, u32(at));
        store<u32>(entry.list, load<u32>(from, 4), 4);
        entry.list += 8;
      }
    }
  }
}
