import { words } from "../text/words.js";
import { simplify } from "./normalize.js";
import { permutations } from "./permutations.js";
import { sha1 } from "./sha1.js";

/** Shape of a MinHash signature. Two texts are near-duplicates where all hashes of any bucket agree. */
export interface MinhashOptions {
  /** Words a shingle. Default 5. */
  readonly ngram?: number | undefined;
  /** Default 14. */
  readonly buckets?: number | undefined;
  /** Default 8. */
  readonly hashesPerBucket?: number | undefined;
  /** Seed of the hash functions. Default 1. */
  readonly seed?: number | undefined;
  /** How a simplified text is cut into words. Default: as spaCy's blank English pipeline does. */
  readonly tokenize?: ((text: string) => readonly string[]) | undefined;
}

/** Computes signatures; make one and use it for many texts. */
export interface MinHasher {
  readonly buckets: number;
  readonly hashesPerBucket: number;
  /** The signature of a text, bucket after bucket; undefined for a text shorter than a shingle, which resembles nothing. */
  signature(text: string): BigUint64Array | undefined;
}

/**
 * MinHash over word n-grams, equal bit for bit to datatrove 0.10's with sha1 and 64-bit hashes: a shingle's hash is the
 * first 8 bytes of its SHA-1, little-endian, and the i-th value is the least `(a x + b mod 2^64) mod (2^61 - 1)` over
 * them (the wrap at 2^64 is part of it).
 */
export function minHasher(options: MinhashOptions = {}): MinHasher {
  const { ngram = 5, buckets = 14, hashesPerBucket = 8, seed = 1, tokenize = words } = options;
  for (const [name, value] of Object.entries({ ngram, buckets, hashesPerBucket })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}, but has to be a whole number above 0`);
  }
  const least = minimum(buckets * hashesPerBucket, seed);
  return {
    buckets,
    hashesPerBucket,
    signature(text) {
      const tokens = tokenize(simplify(text));
      return tokens.length < ngram ? undefined : least(shingles(tokens, ngram));
    },
  };
}

/** Hashes of the n-grams of words, low and high halves by turns. */
function shingles(tokens: readonly string[], ngram: number): Uint32Array {
  // An n-gram joined by spaces is a stretch of all tokens joined by spaces: encode once, hash in place.
  const bytes = new TextEncoder().encode(tokens.join(" "));
  const ends = new Uint32Array(tokens.length);
  for (let i = 0, at = 0; i < tokens.length; i++, at++) {
    at += utf8Length(tokens[i]!);
    ends[i] = at;
  }
  const count = tokens.length - ngram + 1;
  const hashes = new Uint32Array(2 * count);
  const digest = new Int32Array(5);
  for (let i = 0; i < count; i++) {
    sha1(bytes, i === 0 ? 0 : ends[i - 1]! + 1, ends[i + ngram - 1]!, digest);
    hashes[2 * i] = swap(digest[0]!);
    hashes[2 * i + 1] = swap(digest[1]!);
  }
  return hashes;
}

/** Turns the byte order of a word round. */
function swap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    const isPair = (unit & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
    if (isPair) i++;
    length += unit < 0x800 ? 1 : 2;
  }
  return length;
}

/** The hash functions and the search for their least values, in 32-bit halves: no BigInt where it counts. */
function minimum(count: number, seed: number): (hashes: Uint32Array) => BigUint64Array {
  const { a, b } = permutations(count, seed);
  const [aLow, aHigh] = halves(a);
  const [bLow, bHigh] = halves(b);
  return (hashes) => {
    const least = new Uint32Array(2 * count).fill(0xffffffff);
    for (let k = 0; k < hashes.length; k += 2) {
      const low = hashes[k]!;
      const high = hashes[k + 1]!;
      const lowA = low & 0xffff;
      const lowB = low >>> 16;
      for (let i = 0; i < count; i++) {
        // a x + b mod 2^64; partial products stay below 2^53, so doubles hold them exactly.
        const factor = aLow[i]!;
        const upper = lowB * factor;
        const upperLow = upper & 0xffff;
        const sum = lowA * factor + upperLow * 65_536 + bLow[i]!;
        const sumLow = sum >>> 0;
        const carry = (upper - upperLow) / 65_536 + (sum - sumLow) / 4_294_967_296;
        const sumHigh = (carry + Math.imul(low, aHigh[i]!) + Math.imul(high, factor) + bHigh[i]!) | 0;
        // mod 2^61 - 1: the top three bits are added to the rest.
        let restHigh = sumHigh & 0x1fffffff;
        if (restHigh > least[2 * i + 1]! && restHigh !== 0x1fffffff) continue;
        let restLow = sumLow + (sumHigh >>> 29);
        if (restLow > 0xffffffff) {
          restLow -= 0x100000000;
          restHigh++;
        }
        if (restHigh === 0x20000000) {
          restHigh = 0;
          restLow++;
        } else if (restHigh === 0x1fffffff && restLow === 0xffffffff) {
          restHigh = 0;
          restLow = 0;
        }
        if (restHigh < least[2 * i + 1]! || (restHigh === least[2 * i + 1] && restLow < least[2 * i]!)) {
          least[2 * i] = restLow;
          least[2 * i + 1] = restHigh;
        }
      }
    }
    return new BigUint64Array(least.buffer);
  };
}

/** Low and high 32 bits of each. */
function halves(values: readonly bigint[]): [Float64Array, Float64Array] {
  return [
    Float64Array.from(values, (value) => Number(value & 0xffffffffn)),
    Float64Array.from(values, (value) => Number(value >> 32n)),
  ];
}
