import { hash } from "./vocabulary.js";

/** Distinct words and how often each occurs. Counts are float64: exact up to 2^53. */
export class WordCounts {
  size = 0;
  counts = new Float64Array(1024);
  /** Word w is `bytes[offsets[w] .. offsets[w + 1])`. */
  offsets = new Float64Array(1025);
  bytes = new Uint8Array(16_384);
  #slots = new Int32Array(4096);

  /** Counts one occurrence of the word in `from[start .. end)`. */
  add(from: Uint8Array, start: number, end: number): void {
    const h = hash(from, start, end);
    const mask = this.#slots.length - 1;
    let slot = h & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const word = this.#slots[slot]! - 1;
      if (this.#equals(word, from, start, end)) {
        this.counts[word]!++;
        return;
      }
    }
    this.#reserve(end - start);
    const word = this.size++;
    this.#slots[slot] = this.size;
    this.counts[word] = 1;
    const at = this.offsets[word]!;
    for (let i = start, to = at; i < end; i++) this.bytes[to++] = from[i]!;
    this.offsets[word + 1] = at + end - start;
    if (this.size * 2 > this.#slots.length) this.#rehash();
  }

  #equals(word: number, from: Uint8Array, start: number, end: number): boolean {
    const at = this.offsets[word]!;
    if (this.offsets[word + 1]! - at !== end - start) return false;
    for (let i = start, to = at; i < end; i++, to++) {
      if (from[i] !== this.bytes[to]) return false;
    }
    return true;
  }

  #reserve(length: number): void {
    if (this.size === this.counts.length) {
      const counts = new Float64Array(this.size * 2);
      counts.set(this.counts);
      this.counts = counts;
      const offsets = new Float64Array(this.size * 2 + 1);
      offsets.set(this.offsets);
      this.offsets = offsets;
    }
    const needed = this.offsets[this.size]! + length;
    if (needed > this.bytes.length) {
      const bytes = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      bytes.set(this.bytes);
      this.bytes = bytes;
    }
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 4);
    for (let word = 0; word < this.size; word++) {
      let slot = hash(this.bytes, this.offsets[word]!, this.offsets[word + 1]!) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = word + 1;
    }
    this.#slots = slots;
  }
}
