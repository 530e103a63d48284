const BASE = 0x01000193;

/**
 * Tells which stretches of a text are equal, exactly and without making strings of them: a hash of any stretch follows from
 * the hashes of the text up to its ends, and equal hashes are checked. Several times as fast as a Map of slices.
 */
export class Stretches {
  readonly #text: string;
  /** Of the text up to each position, modulo 2^32. */
  readonly #hashes: Int32Array;
  readonly #powers: Int32Array;
  readonly #slots: Int32Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #counts: Int32Array;
  #known = 0;

  /** For at most `capacity` stretches at a time. */
  constructor(text: string, capacity: number) {
    this.#text = text;
    this.#hashes = new Int32Array(text.length + 1);
    this.#powers = new Int32Array(text.length + 1).fill(1, 0, 1);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity + 2)));
    this.#starts = new Int32Array(capacity);
    this.#ends = new Int32Array(capacity);
    this.#counts = new Int32Array(capacity);
    let hash = 0;
    let power = 1;
    for (let i = 0; i < text.length; i++) {
      hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
      power = Math.imul(power, BASE);
      this.#hashes[i + 1] = hash;
      this.#powers[i + 1] = power;
    }
  }

  /** Forgets all stretches. */
  clear(): void {
    this.#slots.fill(0);
    this.#known = 0;
  }

  /** Counts the stretch, and returns how often it has been counted before. */
  count(start: number, end: number): number {
    const mask = this.#slots.length - 1;
    const hash = this.#hash(start, end);
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const known = this.#slots[slot]! - 1;
      if (this.#equal(known, hash, start, end)) return this.#counts[known]!++;
    }
    this.#starts[this.#known] = start;
    this.#ends[this.#known] = end;
    this.#counts[this.#known] = 1;
    this.#slots[slot] = ++this.#known;
    return 0;
  }

  /** The stretch that was counted most often; of several the first. */
  top(): { text: string; count: number } {
    if (this.#known === 0) return { text: "", count: 0 };
    let best = 0;
    for (let i = 1; i < this.#known; i++) if (this.#counts[i]! > this.#counts[best]!) best = i;
    return { text: this.#text.slice(this.#starts[best], this.#ends[best]), count: this.#counts[best]! };
  }

  #hash(start: number, end: number): number {
    return (this.#hashes[end]! - Math.imul(this.#hashes[start]!, this.#powers[end - start]!)) | 0;
  }

  #equal(known: number, hash: number, start: number, end: number): boolean {
    const [from, to] = [this.#starts[known]!, this.#ends[known]!];
    return (
      to - from === end - start &&
      this.#hash(from, to) === hash &&
      this.#text.slice(from, to) === this.#text.slice(start, end)
    );
  }
}
