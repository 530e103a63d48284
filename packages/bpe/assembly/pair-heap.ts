// A heap of pairs by the count they had when they were put in; of equal counts the lower pair is first. An entry is 16
// bytes: count and pair.

@unmanaged
export class PairHeap {
  entries: usize;
  length: u32;
  capacity: u32;
}

// @ts-ignore: decorator
@inline
function before(count: f64, pair: u64, entry: usize): bool {
  const other = load<f64>(entry);
  return count > other || (count == other && pair < load<u64>(entry, 8));
}

// @ts-ignore: decorator
@inline
function place(entry: usize, count: f64, pair: u64): void {
  store<f64>(entry, count);
  store<u64>(entry, pair, 8);
}

/** Puts a pair in; there must be room. */
export function pushPair(heap: PairHeap, count: f64, pair: u64): void {
  const entries = heap.entries;
  let at = heap.length;
  heap.length = at + 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const entry = entries + (<usize>parent << 4);
    if (!before(count, pair, entry)) break;
    v128.store(entries + (<usize>at << 4), v128.load(entry));
    at = parent;
  }
  place(entries + (<usize>at << 4), count, pair);
}

/** Puts a pair in the place of the first one. */
export function replaceFirst(heap: PairHeap, count: f64, pair: u64): void {
  const entries = heap.entries;
  const length = heap.length;
  let at: u32 = 0;
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= length) break;
    let entry = entries + (<usize>child << 4);
    if (child + 1 < length && before(load<f64>(entry, 16), load<u64>(entry, 24), entry)) {
      child++;
      entry += 16;
    }
    if (before(count, pair, entry)) break;
    v128.store(entries + (<usize>at << 4), v128.load(entry));
    at = child;
  }
  place(entries + (<usize>at << 4), count, pair);
}

/** Takes the first pair out. */
export function popPair(heap: PairHeap): void {
  const length = heap.length - 1;
  heap.length = length;
  const last = heap.entries + (<usize>length << 4);
  if (length > 0) replaceFirst(heap, load<f64>(last), load<u64>(last, 8));
}
