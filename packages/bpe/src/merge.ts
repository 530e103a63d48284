import { VocabularyError } from "./errors.js";
import { type Merges, NO_RANK } from "./merges.js";

/** Up to this many bytes, searching all pairs for the lowest rank beats keeping a heap. */
const SHORT = 96;

/** One merge of a traced piece. */
export interface TraceStep {
  /** The merge's place in the order of merges: the lowest one present is done first. */
  rank: number;
  /** Which part it joins with the next one. */
  index: number;
  /** The ids joined and the id made of them. */
  left: number;
  right: number;
  id: number;
  /** The ids of all parts after this merge. */
  parts: number[];
}

/** Turns the bytes of one piece into ids: always the pair of lowest rank, the leftmost of equals. */
export class Merger {
  readonly #merges: Merges;
  readonly #byteIds: Int32Array;
  #ids = new Int32Array(SHORT + 1);
  #ranks = new Int32Array(SHORT + 1);

  constructor(merges: Merges, byteIds: Int32Array) {
    this.#merges = merges;
    this.#byteIds = byteIds;
  }

  /** Writes the ids of `bytes[start .. end)` to `out` at `at`, which must have room for one per byte; returns how many. */
  merge(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): number {
    if (end - start > SHORT) return this.#mergeLong(bytes, start, end, out, at);
    const length = this.#mergeShort(bytes, start, end);
    const ids = this.#ids;
    for (let i = 0; i < length; i++) out[at + i] = ids[i]!;
    return length;
  }

  /** The same, step by step; quadratic, and meant for short pieces. */
  trace(bytes: Uint8Array): { ids: number[]; steps: TraceStep[] } {
    const ids = Array.from(bytes, (byte) => this.#byteId(byte));
    const steps: TraceStep[] = [];
    for (;;) {
      let rank = NO_RANK;
      let index = -1;
      for (let i = 0; i + 1 < ids.length; i++) {
        const r = this.#merges.rank(ids[i]!, ids[i + 1]!);
        if (r < rank) {
          rank = r;
          index = i;
        }
      }
      if (index < 0) return { ids, steps };
      const [left, right] = [ids[index]!, ids[index + 1]!];
      const id = this.#merges.token[rank]!;
      ids.splice(index, 2, id);
      steps.push({ rank, index, left, right, id, parts: [...ids] });
    }
  }

  #byteId(byte: number): number {
    const id = this.#byteIds[byte]!;
    if (id < 0) {
      throw new VocabularyError(
        `The vocabulary has no token for byte 0x${byte.toString(16).padStart(2, "0")}: the text cannot be encoded. ` +
          "Train with the whole byte alphabet.",
      );
    }
    return id;
  }

  #mergeShort(bytes: Uint8Array, start: number, end: number): number {
    const merges = this.#merges;
    const ids = this.#ids;
    const ranks = this.#ranks;
    let length = end - start;
    for (let i = 0; i < length; i++) ids[i] = this.#byteId(bytes[start + i]!);
    for (let i = 0; i + 1 < length; i++) ranks[i] = merges.rank(ids[i]!, ids[i + 1]!);
    for (;;) {
      let rank = NO_RANK;
      let best = -1;
      for (let i = 0; i + 1 < length; i++) {
        if (ranks[i]! < rank) {
          rank = ranks[i]!;
          best = i;
        }
      }
      if (best < 0) return length;
      ids[best] = merges.token[rank]!;
      length--;
      for (let i = best + 1; i < length; i++) {
        ids[i] = ids[i + 1]!;
        ranks[i] = ranks[i + 1]!;
      }
      if (best + 1 < length) ranks[best] = merges.rank(ids[best]!, ids[best + 1]!);
      if (best > 0) ranks[best - 1] = merges.rank(ids[best - 1]!, ids[best]!);
    }
  }

  /** O(n log n): parts in a linked list, pairs in a heap of rank * 2^32 + position, stale entries skipped when met. */
  #mergeLong(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): number {
    const merges = this.#merges;
    const n = end - start;
    const ids = new Int32Array(n);
    const ranks = new Int32Array(n).fill(NO_RANK);
    const next = new Int32Array(n + 1);
    const previous = new Int32Array(n + 1);
    const heap = new MinHeap(n);
    for (let i = 0; i < n; i++) {
      ids[i] = this.#byteId(bytes[start + i]!);
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    const rate = (i: number) => {
      const rank = i < 0 || next[i]! >= n ? NO_RANK : merges.rank(ids[i]!, ids[next[i]!]!);
      if (i >= 0) ranks[i] = rank;
      if (rank !== NO_RANK) heap.push(rank * 2 ** 32 + i);
    };
    for (let i = 0; i < n; i++) rate(i);
    while (heap.length > 0) {
      const key = heap.pop();
      const rank = Math.floor(key / 2 ** 32);
      const i = key % 2 ** 32;
      if (ranks[i] !== rank) continue;
      const gone = next[i]!;
      ids[i] = merges.token[rank]!;
      ranks[gone] = NO_RANK;
      next[i] = next[gone]!;
      previous[next[gone]!] = i;
      rate(i);
      rate(previous[i]!);
    }
    let written = at;
    for (let i = 0; i < n; i = next[i]!) out[written++] = ids[i]!;
    return written - at;
  }
}

/** A binary heap of numbers. */
class MinHeap {
  length = 0;
  #items: Float64Array;

  constructor(capacity: number) {
    this.#items = new Float64Array(capacity + 1);
  }

  push(item: number): void {
    if (this.length === this.#items.length) {
      const items = new Float64Array(this.length * 2);
      items.set(this.#items);
      this.#items = items;
    }
    const items = this.#items;
    let at = this.length++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number {
    const items = this.#items;
    const top = items[0]!;
    const item = items[--this.length]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.length) break;
      if (child + 1 < this.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= item) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
    return top;
  }
}
