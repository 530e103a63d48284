import { type ByteSet, byteSet } from "./byte-set.js";
import { ALL, type CodePoints } from "./code-points.js";
import type { Work } from "./work.js";

/** Symbols stand in sets of bytes, so there are no more of them. */
const MAX_SYMBOLS = 256;

/**
 * Characters that no set of an expression tells apart, as one symbol: most expressions have fewer than ten, so automata over
 * symbols are small whatever the sets hold.
 */
export class Alphabet {
  /** Where each part begins, in order: the characters of a part are of one symbol. */
  readonly starts: Int32Array;
  /** By part: its symbol, or -1 for what UTF-8 cannot say. */
  readonly parts: Int32Array;
  readonly size: number;

  private constructor(starts: Int32Array, parts: Int32Array, size: number) {
    this.starts = starts;
    this.parts = parts;
    this.size = size;
  }

  /** The alphabet that some sets need. Undefined where they tell too many symbols apart. */
  static of(sets: Iterable<CodePoints>, work: Work): Alphabet | undefined {
    const different = new Map<string | CodePoints, CodePoints>();
    for (const set of sets) different.set(set.length === 1 ? set.join() : set, set);
    const bounds = new Set(ALL.flatMap(([first, last]) => [first, last + 1]));
    for (const set of different.values()) for (const [first, last] of set) bounds.add(first).add(last + 1);
    const starts = Int32Array.from(bounds).sort();
    const parts = Int32Array.from(isIn(ALL, starts), (is) => is - 1);
    let size = 1;
    for (const set of different.values()) {
      work.spend(starts.length);
      const known = new Map<number, number>();
      for (const [part, is] of isIn(set, starts).entries()) {
        if (parts[part] === -1) continue;
        const key = parts[part]! * 2 + is;
        parts[part] = known.get(key) ?? known.size;
        known.set(key, parts[part]!);
      }
      size = known.size;
      if (size > MAX_SYMBOLS) return undefined;
    }
    return new Alphabet(starts, parts, size);
  }

  equals({ starts, parts, size }: Alphabet): boolean {
    return (
      size === this.size &&
      starts.length === this.starts.length &&
      starts.every((start, i) => start === this.starts[i] && parts[i] === this.parts[i])
    );
  }

  /** The symbols of a set that the alphabet was made for. */
  symbolsOf(set: CodePoints): ByteSet {
    const symbols = byteSet();
    for (const [first, last] of set) {
      for (let part = this.partOf(first); part < this.starts.length && this.starts[part]! <= last; part++) {
        const symbol = this.parts[part]!;
        if (symbol >= 0) symbols[symbol >> 5]! |= 1 << (symbol & 31);
      }
    }
    return symbols;
  }

  /** The part that a character is in. */
  partOf(point: number): number {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! <= point) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** 1 for the parts that are in a set. */
function isIn(set: CodePoints, starts: Int32Array): Uint8Array {
  let range = 0;
  return Uint8Array.from(starts, (start) => {
    while (range < set.length && set[range]![1] < start) range++;
    return Number(range < set.length && set[range]![0] <= start);
  });
}
