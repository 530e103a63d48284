import type { Kinds } from "@llm/platform/options";
import { check, OptionsError } from "../check.js";
import { leastHashes } from "../hash/ngrams.js";
import { words } from "../text/words.js";
import { type Normalization, simplify } from "./normalize.js";
import { permutations } from "./permutations.js";

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
  /** How texts are simplified before they are compared. Default `"datatrove010"`. */
  readonly normalization?: Normalization | undefined;
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

/** The kinds of {@link MinhashOptions}. */
export const MINHASH: Kinds<MinhashOptions> = {
  ngram: "number",
  buckets: "number",
  hashesPerBucket: "number",
  seed: "number",
  normalization: ["datatrove010", "fineweb2024"],
  tokenize: "function",
};

/** Refuses a similarity to reach, which MinHash has in other terms, and says how. @throws OptionsError */
export function checkSimilarity(of: string, options: object): void {
  const name = ["threshold", "similarity", "jaccard"].find((name) => name in Object(options));
  if (name === undefined) return;
  const wayOut =
    "texts count as alike from about (1 / buckets) ** (1 / hashesPerBucket) on, .72 by default: set these two";
  throw new OptionsError(`${of} has no option "${name}": ${wayOut}.`);
}

/**
 * MinHash over word n-grams, equal bit for bit to datatrove 0.10's with sha1 and 64-bit hashes: a shingle's hash is the
 * first 8 bytes of its SHA-1, little-endian, and the i-th value is the least `(a x + b mod 2^64) mod (2^61 - 1)` over
 * them (the wrap at 2^64 is part of it).
 */
export function minHasher(options: MinhashOptions = {}): MinHasher {
  checkSimilarity("minHasher", options);
  check("minHasher", options, MINHASH);
  return hasherOf(options);
}

/** The same for options that were checked, among which there may be others. @throws RangeError */
export function hasherOf(options: MinhashOptions): MinHasher {
  const { buckets = 14, hashesPerBucket = 8, seed = 1 } = options;
  const { ngram, wordsOf } = comparing(options);
  for (const [name, value] of Object.entries({ ngram, buckets, hashesPerBucket })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}, but has to be a whole number above 0`);
  }
  const { a, b } = permutations(buckets * hashesPerBucket, seed);
  const least = leastHashes(a, b);
  return {
    buckets,
    hashesPerBucket,
    signature(text) {
      const tokens = wordsOf(text);
      return tokens.length < ngram ? undefined : least(tokens, ngram);
    },
  };
}

/** What texts are compared by: so many words at a time, of the words as they are compared. */
export function comparing(options: MinhashOptions): {
  ngram: number;
  wordsOf(text: string): readonly string[];
} {
  const { ngram = 5, normalization = "datatrove010", tokenize = words } = options;
  return { ngram, wordsOf: (text) => tokenize(simplify(text, normalization)) };
}
