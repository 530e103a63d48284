// Range coding (Martin, 1979): a message is a number in an interval that each symbol narrows to its share. State of 48 bits
// in doubles, so that a share of 2^-24 is kept within 2^-16 of its size.

/** Shares are whole parts of this. */
export const TOTAL = 2 ** 24;

const TOP = 2 ** 48;
const LEAST_RANGE = 2 ** 40;

/** Writes symbols as bytes. */
export class RangeEncoder {
  #low = 0;
  #range = TOP;
  #bytes = new Uint8Array(1 << 12);
  #size = 0;

  /** Takes the symbol that has `width` parts of `total`, a power of two up to 2^24, from `from` on. */
  encode(from: number, width: number, total = TOTAL): void {
    const unit = Math.floor(this.#range / total);
    this.#low += from * unit;
    this.#range = width * unit;
    while (this.#range < LEAST_RANGE) {
      this.#writeTop();
      this.#range *= 256;
    }
  }

  /** All bytes; nothing can be encoded any more. */
  finish(): Uint8Array {
    // The first number of the interval whose lower bytes are all zero: those need not be written.
    this.#low = Math.ceil(this.#low / LEAST_RANGE) * LEAST_RANGE;
    this.#writeTop();
    return this.#bytes.slice(0, this.#size);
  }

  #writeTop(): void {
    if (this.#low >= TOP) {
      this.#low -= TOP;
      let at = this.#size - 1;
      while (this.#bytes[at] === 255) this.#bytes[at--] = 0;
      this.#bytes[at]!++;
    }
    if (this.#size === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#size);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const top = Math.floor(this.#low / LEAST_RANGE);
    this.#bytes[this.#size++] = top;
    this.#low = (this.#low - top * LEAST_RANGE) * 256;
  }
}

/** Reads what RangeEncoder wrote, asked in the same order with the same shares. */
export class RangeDecoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** How far the message is above the interval's beginning. */
  #offset = 0;
  #range = TOP;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let i = 0; i < 6; i++) this.#offset = this.#offset * 256 + this.#read();
  }

  /** The part that the next symbol's share has: below `total`. */
  target(total = TOTAL): number {
    return Math.min(total - 1, Math.floor(this.#offset / Math.floor(this.#range / total)));
  }

  /** Takes the symbol with this share. */
  take(from: number, width: number, total = TOTAL): void {
    const unit = Math.floor(this.#range / total);
    this.#offset -= from * unit;
    this.#range = width * unit;
    while (this.#range < LEAST_RANGE) {
      this.#offset = this.#offset * 256 + this.#read();
      this.#range *= 256;
    }
  }

  #read(): number {
    return this.#bytes[this.#at++] ?? 0;
  }
}
