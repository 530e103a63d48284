// Merging many parts in O(n log n): they are in a linked list, their pairs in a heap by rank, then place; entries that no
// longer hold are skipped when they are met.
import { Model } from "./model";
import { NO_RANK, rankOf, tokenOf } from "./pairs";

/**
 * Merges `n` parts whose ranks are in scratch; returns how many are left. Scratch: ranks, next, previous (4 bytes each),
 * and the heap (8 bytes, at most 3 n entries).
 */
export function mergeMany(model: Model, ids: usize, n: u32): u32 {
  const ranks = model.scratch;
  const next = ranks + (<usize>n << 2);
  const previous = next + (<usize>n << 2);
  const heap = (previous + (<usize>n << 2) + 7) & ~7;
  let entries: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(next + (<usize>i << 2), i + 1);
    store<u32>(previous + (<usize>i << 2), i - 1);
    const rank = load<u32>(ranks + (<usize>i << 2));
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
    const id = tokenOf(model, rank);
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
