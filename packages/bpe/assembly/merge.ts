// The bytes of one piece to ids: always the pair of lowest rank, the leftmost of equals.
import { Model } from "./model";
import { NO_RANK, rankOf } from "./pairs";

/** Up to this many bytes, searching all pairs for the lowest rank beats keeping a heap. */
const FEW: u32 = 128;

/** How many bytes of scratch merging a piece of `length` bytes takes. */
export function mergeScratch(length: u32): usize {
  return <usize>length * 40 + 64;
}

/** A byte has no token: -1 - byte. */
// @ts-ignore: decorator
@inline
function missing(byte: u32): i32 {
  return -1 - <i32>byte;
}

/** Writes the ids of the piece to `out`; returns how many, or -1 - byte for a byte that has no token. */
export function merge(model: Model, at: usize, length: u32, out: usize): i32 {
  return length <= FEW ? mergeDownTo(model, at, length, out, 1) : mergeMany(model, at, length, out);
}

/** The same, until `least` parts are left. Quadratic. */
export function mergeDownTo(model: Model, at: usize, count: u32, ids: usize, least: u32): i32 {
  const ranks = model.scratch;
  let length = count;
  for (let i: u32 = 0; i < length; i++) {
    const byte: u32 = load<u8>(at + i);
    const id = load<i32>(model.byteIds + (byte << 2));
    if (id < 0) return missing(byte);
    store<u32>(ids + (i << 2), id);
  }
  let rank = NO_RANK;
  let best: u32 = 0;
  for (let i: u32 = 0; i + 1 < length; i++) {
    const r = rankOf(model, load<u32>(ids + (i << 2)), load<u32>(ids + (i << 2), 4));
    store<u32>(ranks + (i << 2), r);
    if (r < rank) {
      rank = r;
      best = i;
    }
  }
  while (rank != NO_RANK && length > least) {
    const id = load<u32>(model.made + (<usize>rank << 2));
    const place = best << 2;
    length--;
    for (let to = ids + place + 4, r = ranks + place + 4, last = ids + (length << 2); to < last; to += 4, r += 4) {
      store<u32>(to, load<u32>(to, 4));
      store<u32>(r, load<u32>(r, 4));
    }
    store<u32>(ids + place, id);
    if (best + 1 < length) store<u32>(ranks + place, rankOf(model, id, load<u32>(ids + place, 4)));
    if (best > 0) store<u32>(ranks + place - 4, rankOf(model, load<u32>(ids + place - 4), id));
    rank = NO_RANK;
    for (let i: u32 = 0; i + 1 < length; i++) {
      const r = load<u32>(ranks + (i << 2));
      if (r < rank) {
        rank = r;
        best = i;
      }
    }
  }
  return length;
}

/**
 * O(n log n): parts in a linked list, pairs in a heap by rank, then place; entries that no longer hold are skipped when
 * they are met. Scratch: next, previous, ranks (4 bytes each), and the heap (8 bytes, at most 3 n entries).
 */
function mergeMany(model: Model, at: usize, n: u32, ids: usize): i32 {
  const next = model.scratch;
  const previous = next + (<usize>n << 2) + 4;
  const ranks = previous + (<usize>n << 2) + 4;
  const heap = (ranks + (<usize>n << 2) + 15) & ~7;
  for (let i: u32 = 0; i < n; i++) {
    const byte: u32 = load<u8>(at + i);
    const id = load<i32>(model.byteIds + (byte << 2));
    if (id < 0) return missing(byte);
    store<u32>(ids + (<usize>i << 2), id);
    store<u32>(next + (<usize>i << 2), i + 1);
    store<u32>(previous + (<usize>i << 2), i - 1);
  }
  let entries: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    let rank = NO_RANK;
    if (i + 1 < n) rank = rankOf(model, load<u32>(ids + (<usize>i << 2)), load<u32>(ids + (<usize>i << 2), 4));
    store<u32>(ranks + (<usize>i << 2), rank);
    if (rank != NO_RANK) {
      store<u64>(heap + (<usize>entries << 3), (<u64>rank << 32) | i);
      entries++;
    }
  }
  for (let i = entries >> 1; i > 0; ) sink(heap, entries, --i);
  while (entries > 0) {
    const key = load<u64>(heap);
    const rank = <u32>(key >> 32);
    const i = <u32>key;
    const place = <usize>i << 2;
    if (load<u32>(ranks + place) != rank) {
      entries--;
      store<u64>(heap, load<u64>(heap + (<usize>entries << 3)));
      sink(heap, entries, 0);
      continue;
    }
    const gone = <usize>load<u32>(next + place) << 2;
    const after = load<u32>(next + gone);
    const before = load<u32>(previous + place);
    const id = load<u32>(model.made + (<usize>rank << 2));
    store<u32>(ids + place, id);
    store<u32>(ranks + gone, NO_RANK);
    store<u32>(next + place, after);
    let here = NO_RANK;
    if (after < n) {
      store<u32>(previous + (<usize>after << 2), i);
      here = rankOf(model, id, load<u32>(ids + (<usize>after << 2)));
    }
    store<u32>(ranks + place, here);
    // The entry at the top is replaced by the new pair of the same place, where there is one.
    if (here != NO_RANK) {
      store<u64>(heap, (<u64>here << 32) | i);
    } else {
      entries--;
      store<u64>(heap, load<u64>(heap + (<usize>entries << 3)));
    }
    sink(heap, entries, 0);
    if (i > 0) {
      const left = <usize>before << 2;
      const there = rankOf(model, load<u32>(ids + left), id);
      store<u32>(ranks + left, there);
      if (there != NO_RANK) rise(heap, entries++, (<u64>there << 32) | before);
    }
  }
  let written: u32 = 0;
  for (let i: u32 = 0; i < n; i = load<u32>(next + (<usize>i << 2))) {
    store<u32>(ids + (<usize>written << 2), load<u32>(ids + (<usize>i << 2)));
    written++;
  }
  return written;
}

/** Moves the entry at `at` down to where it belongs. */
function sink(heap: usize, length: u32, at: u32): void {
  if (at >= length) return;
  const item = load<u64>(heap + (<usize>at << 3));
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= length) break;
    let least = load<u64>(heap + (<usize>child << 3));
    if (child + 1 < length) {
      const other = load<u64>(heap + (<usize>child << 3), 8);
      if (other < least) {
        least = other;
        child++;
      }
    }
    if (least >= item) break;
    store<u64>(heap + (<usize>at << 3), least);
    at = child;
  }
  store<u64>(heap + (<usize>at << 3), item);
}

/** Puts a new entry in at the end, `at`, and moves it up. */
function rise(heap: usize, at: u32, item: u64): void {
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = load<u64>(heap + (<usize>parent << 3));
    if (above <= item) break;
    store<u64>(heap + (<usize>at << 3), above);
    at = parent;
  }
  store<u64>(heap + (<usize>at << 3), item);
}
