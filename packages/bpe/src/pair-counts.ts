import { pairHash } from "./merges.js";
import type { WordCounts } from "./word-counts.js";

/**
 * The words of a corpus as symbols, with the count of every adjacent pair and the words it occurs in, kept up to date
 * while pairs are merged. Symbols are numbered in the order that breaks ties: of equal counts the lower pair is first.
 */
export class PairCounts {
  readonly #symbols: Int32Array;
  readonly #starts: Float64Array;
  readonly #lengths: Int32Array;
  readonly #weights: Float64Array;
  // Per pair: its two symbols, its count, and the head of the list of words it (once) occurred in.
  #left = new Int32Array(4096);
  #right = new Int32Array(4096);
  #count = new Float64Array(4096);
  #head = new Int32Array(4096);
  #pairs = 0;
  #slots = new Int32Array(16_384);
  // List nodes; 0 ends a list.
  #nodeWord = new Int32Array(4096);
  #nodeNext = new Int32Array(4096);
  #nodes = 1;
  #freeNode = 0;
  // A max-heap of pairs by the count they had when they were put in: counts of pairs in it only ever fall.
  #heapPair = new Int32Array(4096);
  #heapCount = new Float64Array(4096);
  #heapLength = 0;

  /** @param symbolOf the symbol of each byte */
  constructor(words: WordCounts, symbolOf: ArrayLike<number>) {
    const length = words.offsets[words.size]!;
    this.#symbols = new Int32Array(length);
    for (let i = 0; i < length; i++) this.#symbols[i] = symbolOf[words.bytes[i]!]!;
    this.#starts = words.offsets;
    this.#weights = words.counts;
    this.#lengths = new Int32Array(words.size);
    for (let word = 0; word < words.size; word++) {
      const start = this.#starts[word]!;
      const size = this.#starts[word + 1]! - start;
      this.#lengths[word] = size;
      for (let i = start; i + 1 < start + size; i++) {
        this.#increase(this.#symbols[i]!, this.#symbols[i + 1]!, word);
      }
    }
    for (let pair = 0; pair < this.#pairs; pair++) this.#push(pair);
  }

  /** The most frequent pair, if it occurs at least `least` times. */
  top(least: number): { left: number; right: number; count: number; pair: number } | undefined {
    while (this.#heapLength > 0) {
      const pair = this.#heapPair[0]!;
      const stale = this.#heapCount[0] !== this.#count[pair];
      const count = this.#count[pair]!;
      this.#pop();
      if (!stale) {
        if (count < least) return undefined;
        return { left: this.#left[pair]!, right: this.#right[pair]!, count, pair };
      }
      if (count > 0) this.#push(pair);
    }
    return undefined;
  }

  /** Replaces every occurrence of the pair that `top` gave by the new symbol. */
  merge(pair: number, symbol: number): void {
    const firstNew = this.#pairs;
    let node = this.#head[pair]!;
    while (node !== 0) {
      this.#mergeIn(this.#nodeWord[node]!, this.#left[pair]!, this.#right[pair]!, symbol);
      const next = this.#nodeNext[node]!;
      this.#nodeNext[node] = this.#freeNode;
      this.#freeNode = node;
      node = next;
    }
    this.#head[pair] = 0;
    this.#count[pair] = 0;
    for (let made = firstNew; made < this.#pairs; made++) {
      if (this.#count[made]! > 0) this.#push(made);
    }
  }

  #mergeIn(word: number, left: number, right: number, symbol: number): void {
    const symbols = this.#symbols;
    const weight = this.#weights[word]!;
    const start = this.#starts[word]!;
    const end = start + this.#lengths[word]!;
    let to = start;
    for (let i = start; i < end; ) {
      const current = symbols[i]!;
      if (current !== left || i + 1 >= end || symbols[i + 1] !== right) {
        symbols[to++] = current;
        i++;
        continue;
      }
      if (to > start) {
        const before = symbols[to - 1]!;
        this.#decrease(before, left, weight);
        this.#increase(before, symbol, word);
      }
      if (i + 2 < end) {
        const after = symbols[i + 2]!;
        this.#decrease(right, after, weight);
        this.#increase(symbol, after, word);
      }
      symbols[to++] = symbol;
      i += 2;
    }
    this.#lengths[word] = to - start;
  }

  #decrease(left: number, right: number, weight: number): void {
    const pair = this.#slots[this.#slot(left, right)]! - 1;
    if (pair >= 0) this.#count[pair]! -= weight;
  }

  #increase(left: number, right: number, word: number): void {
    const slot = this.#slot(left, right);
    let pair = this.#slots[slot]! - 1;
    if (pair < 0) {
      if (this.#pairs === this.#left.length) this.#growPairs();
      pair = this.#pairs++;
      this.#left[pair] = left;
      this.#right[pair] = right;
      this.#slots[slot] = this.#pairs;
      if (this.#pairs * 2 > this.#slots.length) this.#rehash();
    }
    this.#count[pair]! += this.#weights[word]!;
    const head = this.#head[pair]!;
    if (head !== 0 && this.#nodeWord[head] === word) return;
    let node = this.#freeNode;
    if (node !== 0) {
      this.#freeNode = this.#nodeNext[node]!;
    } else {
      if (this.#nodes === this.#nodeWord.length) {
        this.#nodeWord = grown(this.#nodeWord);
        this.#nodeNext = grown(this.#nodeNext);
      }
      node = this.#nodes++;
    }
    this.#nodeWord[node] = word;
    this.#nodeNext[node] = head;
    this.#head[pair] = node;
  }

  /** The slot that holds the pair, or the empty one where it belongs. */
  #slot(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    let slot = pairHash(left, right) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const pair = this.#slots[slot]! - 1;
      if (this.#left[pair] === left && this.#right[pair] === right) break;
    }
    return slot;
  }

  #growPairs(): void {
    this.#left = grown(this.#left);
    this.#right = grown(this.#right);
    this.#head = grown(this.#head);
    const count = new Float64Array(this.#count.length * 2);
    count.set(this.#count);
    this.#count = count;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    for (let pair = 0; pair < this.#pairs; pair++) {
      this.#slots[this.#slot(this.#left[pair]!, this.#right[pair]!)] = pair + 1;
    }
  }

  /** Whether a pair with this count goes before the one at a place of the heap. */
  #before(pair: number, count: number, at: number): boolean {
    const other = this.#heapPair[at]!;
    if (count !== this.#heapCount[at]) return count > this.#heapCount[at]!;
    if (this.#left[pair] !== this.#left[other]) return this.#left[pair]! < this.#left[other]!;
    return this.#right[pair]! < this.#right[other]!;
  }

  #push(pair: number): void {
    if (this.#heapLength === this.#heapPair.length) {
      this.#heapPair = grown(this.#heapPair);
      const counts = new Float64Array(this.#heapCount.length * 2);
      counts.set(this.#heapCount);
      this.#heapCount = counts;
    }
    const count = this.#count[pair]!;
    let at = this.#heapLength++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(pair, count, parent)) break;
      this.#heapPair[at] = this.#heapPair[parent]!;
      this.#heapCount[at] = this.#heapCount[parent]!;
      at = parent;
    }
    this.#heapPair[at] = pair;
    this.#heapCount[at] = count;
  }

  #pop(): void {
    const last = --this.#heapLength;
    const pair = this.#heapPair[last]!;
    const count = this.#heapCount[last]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#before(this.#heapPair[child + 1]!, this.#heapCount[child + 1]!, child))
        child++;
      if (this.#before(pair, count, child)) break;
      this.#heapPair[at] = this.#heapPair[child]!;
      this.#heapCount[at] = this.#heapCount[child]!;
      at = child;
    }
    this.#heapPair[at] = pair;
    this.#heapCount[at] = count;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
