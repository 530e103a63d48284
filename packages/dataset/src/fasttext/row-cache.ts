const WORDS = 1 << 15;
const BYTES = 1 << 19;
const ROWS = 1 << 19;

/** Remembers which rows words have, by their bytes: a text repeats most of its words. When it is full it starts anew. */
export class RowCache {
  /** The rows of all words, one after the other. */
  readonly rows = new Int32Array(ROWS);
  /** An entry's number plus one, or 0. */
  readonly #slots = new Int32Array(2 * WORDS);
  readonly #hashes = new Int32Array(WORDS);
  readonly #bytes = new Uint8Array(BYTES);
  /** Where the bytes and the rows of an entry start, and those of the one before end. */
  readonly #byteStarts = new Int32Array(WORDS + 1);
  readonly #rowStarts = new Int32Array(WORDS + 1);
  #size = 0;

  /** The entry of the word in `bytes` from `start` to `end`, or -1. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    return this.#slots[this.#slotOf(bytes, start, end, hash)]! - 1;
  }

  rowStart(entry: number): number {
    return this.#rowStarts[entry]!;
  }

  rowEnd(entry: number): number {
    return this.#rowStarts[entry + 1]!;
  }

  /** Adds a word that is not there, with the `rows` between two positions. */
  add(
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    rows: Int32Array,
    from: number,
    to: number,
  ): void {
    if (end - start > BYTES >> 4 || to - from > ROWS >> 4) return;
    let byteStart = this.#byteStarts[this.#size]!;
    let rowStart = this.#rowStarts[this.#size]!;
    if (this.#size === WORDS || byteStart + end - start > BYTES || rowStart + to - from > ROWS) {
      this.#slots.fill(0);
      this.#size = byteStart = rowStart = 0;
    }
    this.#slots[this.#slotOf(bytes, start, end, hash)] = this.#size + 1;
    this.#hashes[this.#size++] = hash;
    for (let i = start; i < end; i++) this.#bytes[byteStart++] = bytes[i]!;
    for (let i = from; i < to; i++) this.rows[rowStart++] = rows[i]!;
    this.#byteStarts[this.#size] = byteStart;
    this.#rowStarts[this.#size] = rowStart;
  }

  #slotOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0 || (this.#hashes[entry] === hash && this.#isEqual(entry, bytes, start, end))) return slot;
    }
  }

  #isEqual(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    let at = this.#byteStarts[entry]!;
    if (this.#byteStarts[entry + 1]! - at !== end - start) return false;
    for (let i = start; i < end; i++) if (this.#bytes[at++] !== bytes[i]) return false;
    return true;
  }
}
