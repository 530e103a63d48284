import { check } from "../check.js";
import { checkSimilarity, comparing, hasherOf, MINHASH, type MinhashOptions } from "./signature.js";

/** What two texts have in common, exactly and as MinHash sees it. */
export interface Resemblance {
  /** The words of each, simplified as they are compared. */
  readonly words: readonly [readonly string[], readonly string[]];
  /** Different shingles of each. */
  readonly shingles: readonly [number, number];
  /** Shingles that both have, their words joined by spaces, in the order of the first text. */
  readonly shared: readonly string[];
  /** Shared shingles / all different shingles of both; 0 where there are none. */
  readonly jaccard: number;
  /** Hashes of the signatures that agree / hashes: what MinHash takes for `jaccard`; 0 for a text shorter than a shingle. */
  readonly estimate: number;
  /** Buckets that agree in all their hashes: two texts are near-duplicates where there is one. */
  readonly buckets: readonly number[];
}

/**
 * Compares two texts, shingle by shingle and hash by hash.
 * @throws OptionsError, RangeError for options as `minHasher` throws them
 */
export function resemblance(a: string, b: string, options: MinhashOptions = {}): Resemblance {
  checkSimilarity("resemblance", options);
  check("resemblance", options, MINHASH);
  const hasher = hasherOf(options);
  const { ngram, wordsOf } = comparing(options);
  const words = [wordsOf(a), wordsOf(b)] as const;
  const [first, second] = [shinglesOf(words[0], ngram), shinglesOf(words[1], ngram)];
  const shared = [...first].filter((shingle) => second.has(shingle));
  const all = first.size + second.size - shared.length;
  const [x, y] = [hasher.signature(a), hasher.signature(b)];
  const agree = (hash: number) => x !== undefined && y !== undefined && x[hash] === y[hash];
  const { buckets, hashesPerBucket } = hasher;
  const hashes = Array.from({ length: buckets * hashesPerBucket }, (_, hash) => agree(hash));
  const whole = (bucket: number) =>
    hashes.slice(bucket * hashesPerBucket, (bucket + 1) * hashesPerBucket).every(Boolean);
  return {
    words,
    shingles: [first.size, second.size],
    shared,
    jaccard: all > 0 ? shared.length / all : 0,
    estimate: hashes.filter(Boolean).length / hashes.length,
    buckets: Array.from({ length: buckets }, (_, bucket) => bucket).filter(whole),
  };
}

/**
 * The probability that two texts of a Jaccard similarity agree in a bucket, and so count as near-duplicates:
 * 1 - (1 - s^r)^b for b buckets of r hashes (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4.2).
 */
export function candidateProbability(
  jaccard: number,
  options: Pick<MinhashOptions, "buckets" | "hashesPerBucket"> = {},
): number {
  check("candidateProbability", options, { buckets: "number", hashesPerBucket: "number" });
  const { buckets = 14, hashesPerBucket = 8 } = options;
  return 1 - (1 - jaccard ** hashesPerBucket) ** buckets;
}

function shinglesOf(words: readonly string[], ngram: number): Set<string> {
  const count = Math.max(0, words.length - ngram + 1);
  return new Set(Array.from({ length: count }, (_, at) => words.slice(at, at + ngram).join(" ")));
}
