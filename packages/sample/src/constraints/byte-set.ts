/** A set of bytes: bit `b % 32` of word `b / 32`. */
export type ByteSet = Uint32Array;

/** The bytes of some ranges, ends included. */
export function byteSet(...ranges: readonly (readonly [number, number])[]): ByteSet {
  const set = new Uint32Array(8);
  for (const [first, last] of ranges) {
    for (let byte = first; byte <= last; byte++) set[byte >> 5]! |= 1 << (byte & 31);
  }
  return set;
}

export function hasByte(set: ByteSet, byte: number): boolean {
  return ((set[byte >> 5]! >>> (byte & 31)) & 1) === 1;
}

/** Bytes that no set tells apart are one class: the class of each byte, and a byte of each class. */
export class ByteClasses {
  readonly of = new Uint8Array(256);
  readonly examples: number[] = [0];

  /** Tells apart what `colour` gives different numbers. */
  split(colour: (byte: number) => number): void {
    const known = new Map<number, number>();
    this.examples.length = 0;
    for (let byte = 0; byte < 256; byte++) {
      const key = this.of[byte]! + colour(byte) * 256;
      let own = known.get(key);
      if (own === undefined) {
        own = this.examples.push(byte) - 1;
        known.set(key, own);
      }
      this.of[byte] = own;
    }
  }
}
