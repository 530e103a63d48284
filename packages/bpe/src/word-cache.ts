/** Bytes of the longest word the cache takes: 15, so that the sixteenth can hold the length. */
export const CACHED_BYTES = 15;
const FIRST_SLOTS = 2 ** 12;
const MOST_SLOTS = 2 ** 17;
const MOST_SPILLED = 2 ** 20;
const INLINE = 3;

// MASKS[length * 4 + k] keeps those bytes of the k-th 32-bit word that belong to a word of that length.
const MASKS = Int32Array.from({ length: 64 }, (_, i) => {
  const inside = Math.min(4, Math.max(0, (i >> 2) - 4 * (i & 3)));
  return inside === 4 ? -1 : (1 << (8 * inside)) - 1;
});

/**
 * The ids of words seen before. A slot is eight 32-bit numbers: four hold the word's bytes and length, one the number of
 * ids (0: empty slot), three the ids, or where they are in `spilled` if there are more. Grows to 4 MB plus 4 MB of
 * spilled ids, then starts afresh.
 */
export class WordCache {
  slots = new Int32Array(FIRST_SLOTS * 8);
  spilled = new Uint32Array(1024);
  #spilledLength = 0;
  #used = 0;

  /**
   * The index of the slot that holds the word of 1 to 15 bytes at `start`, or of the empty one that should: look at
   * `slots[index + 4]`. 16 bytes must be readable there.
   */
  find(view: DataView, start: number, length: number): number {
    const m = length << 2;
    const a = view.getInt32(start, true) & MASKS[m]!;
    const b = view.getInt32(start + 4, true) & MASKS[m + 1]!;
    const c = view.getInt32(start + 8, true) & MASKS[m + 2]!;
    const d = (view.getInt32(start + 12, true) & MASKS[m + 3]!) | (length << 24);
    const slots = this.slots;
    const mask = slots.length - 1;
    let index = (slotHash(a, b, c, d) << 3) & mask;
    for (;;) {
      if (slots[index] === a && slots[index + 1] === b && slots[index + 2] === c && slots[index + 3] === d) {
        return index;
      }
      if (slots[index + 4] === 0) return index;
      index = (index + 8) & mask;
    }
  }

  /** Remembers the ids of a word that `find` did not find. */
  add(view: DataView, start: number, length: number, ids: Uint32Array, at: number, count: number): void {
    if (this.#used * 8 * 4 >= this.slots.length * 3) this.#grow();
    if (this.#spilledLength + count > MOST_SPILLED) this.#wipe();
    const m = length << 2;
    const index = this.find(view, start, length);
    const slots = this.slots;
    slots[index] = view.getInt32(start, true) & MASKS[m]!;
    slots[index + 1] = view.getInt32(start + 4, true) & MASKS[m + 1]!;
    slots[index + 2] = view.getInt32(start + 8, true) & MASKS[m + 2]!;
    slots[index + 3] = (view.getInt32(start + 12, true) & MASKS[m + 3]!) | (length << 24);
    slots[index + 4] = count;
    this.#used++;
    if (count <= INLINE) {
      for (let i = 0; i < count; i++) slots[index + 5 + i] = ids[at + i]!;
      return;
    }
    if (this.#spilledLength + count > this.spilled.length) {
      const spilled = new Uint32Array(this.spilled.length * 2);
      spilled.set(this.spilled);
      this.spilled = spilled;
    }
    slots[index + 5] = this.#spilledLength;
    for (let i = 0; i < count; i++) this.spilled[this.#spilledLength++] = ids[at + i]!;
  }

  #wipe(): void {
    this.slots.fill(0);
    this.#used = 0;
    this.#spilledLength = 0;
  }

  #grow(): void {
    const old = this.slots;
    if (old.length >= MOST_SLOTS * 8) {
      this.#wipe();
      return;
    }
    const slots = new Int32Array(old.length * 2);
    for (let from = 0; from < old.length; from += 8) {
      if (old[from + 4] === 0) continue;
      let to = slotHash(old[from]!, old[from + 1]!, old[from + 2]!, old[from + 3]!) << 3;
      to &= slots.length - 1;
      while (slots[to + 4] !== 0) to = (to + 8) & (slots.length - 1);
      for (let i = 0; i < 8; i++) slots[to + i] = old[from + i]!;
    }
    this.slots = slots;
  }
}

function slotHash(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ b, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 13) ^ c, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 16) ^ d, 0x27d4eb2f);
  return h ^ (h >>> 15);
}
