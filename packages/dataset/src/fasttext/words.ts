export const FNV_OFFSET = 0x811c9dc5 | 0;

/** One step of FNV-1a, as fastText takes it: a byte above 127 is a negative number, whose sign fills the upper bits. */
export function fnv(hash: number, byte: number): number {
  return Math.imul(hash ^ ((byte << 24) >> 24), 0x01000193);
}

/** Space, tab, the line ends and zero. */
export function isSeparator(byte: number): boolean {
  return byte <= 32 && (byte === 32 || (byte >= 9 && byte <= 13) || byte === 0);
}

/** Whether a byte goes on with a character of UTF-8. */
export function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Finds words by their bytes, without making strings of them. */
export class WordTable {
  readonly #words: readonly Uint8Array[];
  readonly #hashes: Int32Array;
  /** A word's number plus one, or 0. */
  readonly #slots: Int32Array;

  constructor(words: readonly Uint8Array[]) {
    this.#words = words;
    this.#hashes = Int32Array.from(words, (word) => word.reduce(fnv, FNV_OFFSET));
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * words.length + 2)));
    const mask = this.#slots.length - 1;
    for (const [id, word] of words.entries()) {
      const hash = this.#hashes[id]!;
      if (this.find(word, 0, word.length, hash) >= 0) continue;
      let slot = mix(hash) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id + 1;
    }
  }

  /** The number of the word in `bytes` from `start` to `end`, which has that hash; -1 if it is not known. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = mix(hash) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]! - 1;
      if (id < 0 || (this.#hashes[id] === hash && isEqual(this.#words[id]!, bytes, start, end))) return id;
    }
  }
}

function mix(hash: number): number {
  return hash ^ (hash >>> 15);
}

function isEqual(word: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let i = 0; i < word.length; i++) if (word[i] !== bytes[start + i]) return false;
  return true;
}
