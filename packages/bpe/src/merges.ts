import { VocabularyError } from "./errors.js";
import type { Vocabulary } from "./vocabulary.js";

/** What `rank` answers for a pair that is never merged. */
export const NO_RANK = 0x7fffffff;

/** The merges of a vocabulary in order of rank. */
export class Merges {
  /** Merge `rank` makes `token[rank]` of `left[rank]` and `right[rank]`, for ranks below `length`. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly token: Int32Array;
  length = 0;
  #ranks: Map<number, number> | undefined;

  constructor(capacity: number) {
    this.left = new Int32Array(capacity);
    this.right = new Int32Array(capacity);
    this.token = new Int32Array(capacity);
  }

  /** Adds the merge of the next rank. */
  add(left: number, right: number, token: number): void {
    this.left[this.length] = left;
    this.right[this.length] = right;
    this.token[this.length++] = token;
    this.#ranks = undefined;
  }

  /** The rank of the merge of two adjacent ids, or NO_RANK: the later one of a pair that came twice, as in Hugging Face's. */
  rank(left: number, right: number): number {
    if (!this.#ranks) {
      this.#ranks = new Map();
      for (let rank = 0; rank < this.length; rank++) {
        this.#ranks.set(this.left[rank]! * 2 ** 24 + this.right[rank]!, rank);
      }
    }
    return this.#ranks.get(left * 2 ** 24 + right) ?? NO_RANK;
  }
}

/** The id of each of the 256 bytes, -1 where the vocabulary has none. */
export function byteIdsOf(vocabulary: Vocabulary): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => vocabulary.find(Uint8Array.of(byte), 0, 1));
}

/** @throws VocabularyError naming the bytes that have no token. */
export function requireAllBytes(byteIds: Int32Array): void {
  const missing = Array.from(byteIds.keys()).filter((byte) => byteIds[byte]! < 0);
  if (missing.length === 0) return;
  const named = missing.slice(0, 5).map((byte) => `0x${byte.toString(16).padStart(2, "0")}`);
  throw new VocabularyError(
    `${missing.length} of the 256 bytes have no token (${named.join(", ")}${missing.length > 5 ? ", ..." : ""}): ` +
      "a byte-level vocabulary needs one for each.",
  );
}
