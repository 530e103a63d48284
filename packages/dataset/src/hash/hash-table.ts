import { sha1 } from "./sha1.js";

/** Slots of a new table. */
const FIRST = 1024;

/**
 * Whole numbers below 2^32 - 1 by the 64-bit hashes of texts (the first 8 bytes of SHA-1), in 12 bytes a slot, of which at
 * most three in four are taken. Of a thousand million different texts, two have the same hash in one case in forty.
 */
export class HashTable {
  size = 0;
  /** Low and high half of the hash, and one more than the number: 0 where nothing is. */
  #slots = new Uint32Array(3 * FIRST);

  /** The number of a text; it is given `value`, if it had none, and the answer is undefined. */
  add(text: string, value: number): number | undefined {
    const [low, high] = hashOf(text);
    return this.addHash(low, high, value);
  }

  /** As `add`, for a hash in two halves. */
  addHash(low: number, high: number, value: number): number | undefined {
    const at = this.#find(low, high);
    const known = this.#slots[at + 2]!;
    if (known !== 0) return known - 1;
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#slots[at + 2] = value + 1;
    this.size++;
    if (this.size * 4 > this.#slots.length) this.#grow();
    return undefined;
  }

  /** The number of a hash, if it has one. */
  getHash(low: number, high: number): number | undefined {
    const known = this.#slots[this.#find(low, high) + 2]!;
    return known === 0 ? undefined : known - 1;
  }

  /** Where a hash is, or would be. */
  #find(low: number, high: number): number {
    const slots = this.#slots;
    // Three words a slot; the number of slots is a power of two.
    const mask = slots.length / 3 - 1;
    for (let slot = (low ^ high) & mask; ; slot = (slot + 1) & mask) {
      const at = 3 * slot;
      if (slots[at + 2] === 0 || (slots[at] === low && slots[at + 1] === high)) return at;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    for (let i = 0; i < old.length; i += 3) {
      if (old[i + 2] === 0) continue;
      this.#slots.set(old.subarray(i, i + 3), this.#find(old[i]!, old[i + 1]!));
    }
  }
}

const encoder = new TextEncoder();
const digest = new Int32Array(5);

/** The first eight bytes of a text's SHA-1, in halves. */
export function hashOf(text: string): [low: number, high: number] {
  const bytes = encoder.encode(text);
  return hashOfBytes(bytes, 0, bytes.length);
}

/** As `hashOf`, of the bytes from `start` to `end`. */
export function hashOfBytes(bytes: Uint8Array, start: number, end: number): [low: number, high: number] {
  sha1(bytes, start, end, digest);
  return [digest[0]! >>> 0, digest[1]! >>> 0];
}
