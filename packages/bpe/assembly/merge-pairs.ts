// One merge of training: the places of a pair are joined, and the pairs with their neighbours change.
import { popPair, pushPair, replaceFirst } from "./pair-heap";
import { addPair, pairCapacity, pairOf, pairSlot, pairTableSize, rehashPairs } from "./pair-table";
import { startRound } from "./rounds";
import { BORDER, cells, DONE, hasRoom, lengthOf, Trainer } from "./trainer";

/** A cell where a symbol began that is now the right part of another. */
const GONE: u32 = 0x7fffffff;

/** What stands on one side of a pair: its weight, in how many places, and where the next of them is noted (0: nowhere). */
@unmanaged
class Neighbour {
  weight: f64;
  places: u32;
  list: usize;
}

/** Merges the first pair of the heap; answers how much work it was. */
export function mergeNext(trainer: Trainer): i32 {
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
