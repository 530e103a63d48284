import { align, kernel } from "./kernel.js";

const encoder = new TextEncoder();
/** Bytes behind the text that the kernel may read. */
const SLACK = 64;

/**
 * Hashes of the n-grams of words, each joined by spaces: the first 8 bytes of its SHA-1 as a little-endian number, in low
 * and high halves by turns. As many n-grams as there are; none if the words are too few.
 */
export function ngramHashes(words: readonly string[], n: number): Uint32Array {
  const { buffer, hashes, count } = hashInPlace(words, n, 0);
  return new Uint32Array(buffer, hashes, 2 * count).slice();
}

/** The least value that each of some hash functions takes over the n-grams of words. */
export type LeastHashes = (words: readonly string[], n: number) => BigUint64Array;

/** Functions `x -> (a x + b mod 2^64) mod (2^61 - 1)`. */
export function leastHashes(a: readonly bigint[], b: readonly bigint[]): LeastHashes {
  const parameters = BigUint64Array.from([...a, ...b]);
  const size = 8 * a.length;
  return (words, n) => {
    const { buffer, hashes, count, free } = hashInPlace(words, n, 3 * size);
    new BigUint64Array(buffer, free, parameters.length).set(parameters);
    kernel().run.least(hashes, count, free, free + size, a.length, free + 2 * size);
    return new BigUint64Array(buffer, free + 2 * size, a.length).slice();
  };
}

/** Leaves the hashes in the kernel's memory, and `extra` bytes free behind them. */
function hashInPlace(words: readonly string[], n: number, extra: number) {
  const shared = kernel();
  const { run, base } = shared;
  const count = Math.max(0, words.length - n + 1);
  // An n-gram joined by spaces is a stretch of all words joined by spaces: encode once, hash in place.
  const text = words.join(" ");
  const ends = align(base + 3 * text.length + SLACK);
  const hashes = align(ends + 4 * words.length);
  const free = align(hashes + 8 * (count + 4));
  const buffer = shared.room(free + extra - base);
  encoder.encodeInto(text, new Uint8Array(buffer, base, 3 * text.length));
  const endsView = new Uint32Array(buffer, ends, words.length);
  for (let i = 0, at = 0; i < words.length; i++, at++) {
    at += utf8Length(words[i]!);
    endsView[i] = at;
  }
  run.ngrams(base, ends, count, n, hashes);
  return { buffer, hashes, count, free };
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
