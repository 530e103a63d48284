import { VocabularyError } from "./errors.js";
import type { Vocabulary } from "./vocabulary.js";

/** What `rank` answers for a pair that is never merged. */
export const NO_RANK = 0x7fffffff;

/** The merges of a vocabulary in order of rank, and an open-addressed table from a pair of ids to its rank. */
export class Merges {
  /** Merge `rank` makes `token[rank]` of `left[rank]` and `right[rank]`, for ranks below `length`. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly token: Int32Array;
  length = 0;
  // Slots of three: left, right, rank; left is -1 in an empty one.
  readonly #table: Int32Array;
  readonly #mask: number;

  constructor(capacity: number) {
    this.left = new Int32Array(capacity);
    this.right = new Int32Array(capacity);
    this.token = new Int32Array(capacity);
    const slots = 2 ** Math.ceil(Math.log2(capacity * 2 + 2));
    this.#mask = slots - 1;
    this.#table = new Int32Array(slots * 3).fill(-1);
  }

  /** Adds the merge of the next rank. A pair that comes twice has its later rank, as in Hugging Face's tokenizers. */
  add(left: number, right: number, token: number): void {
    const at = this.#slot(left, right);
    this.#table[at] = left;
    this.#table[at + 1] = right;
    this.#table[at + 2] = this.length;
    this.left[this.length] = left;
    this.right[this.length] = right;
    this.token[this.length++] = token;
  }

  /** The rank of the merge of two adjacent ids, or NO_RANK. */
  rank(left: number, right: number): number {
    const table = this.#table;
    let slot = pairHash(left, right) & this.#mask;
    for (;;) {
      const at = slot * 3;
      const key = table[at]!;
      if (key === left && table[at + 1] === right) return table[at + 2]!;
      if (key < 0) return NO_RANK;
      slot = (slot + 1) & this.#mask;
    }
  }

  #slot(left: number, right: number): number {
    let slot = pairHash(left, right) & this.#mask;
    while (this.#table[slot * 3]! >= 0) {
      if (this.#table[slot * 3] === left && this.#table[slot * 3 + 1] === right) break;
      slot = (slot + 1) & this.#mask;
    }
    return slot * 3;
  }
}

/** A hash of two ids. */
export function pairHash(left: number, right: number): number {
  const h = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b);
  return h ^ (h >>> 15);
}

/**
 * The merges behind a table of ranks, where the id of a token is its rank (tiktoken's form). That form merges any two
 * parts whose joined bytes are a token; but what happens within a token's bytes depends on nothing around them, so only
 * the one pair that the token itself ends in can ever meet: one merge per token says the same.
 *
 * @param ranked ids of the tokens of two bytes and more, ascending.
 */
export function recoverMerges(
  vocabulary: Vocabulary,
  byteIds: Int32Array,
  ranked: readonly number[],
): Merges {
  const merges = new Merges(ranked.length);
  const parts: number[] = [];
  for (const id of ranked) {
    const bytes = vocabulary.bytes(id);
    parts.length = 0;
    for (const byte of bytes) parts.push(byteIds[byte]!);
    // What ends in two parts with lower ranks only would do so with all of them, which come later.
    if (!reduceToTwo(parts, merges)) {
      const pair = lastPair(vocabulary, byteIds, bytes);
      if (!pair) continue;
      [parts[0], parts[1]] = pair;
    }
    merges.add(parts[0]!, parts[1]!, id);
  }
  return merges;
}

/** Merges until two parts are left; false where that cannot be. */
function reduceToTwo(parts: number[], merges: Merges): boolean {
  while (parts.length > 2) {
    let rank = NO_RANK;
    let best = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const r = merges.rank(parts[i]!, parts[i + 1]!);
      if (r < rank) {
        rank = r;
        best = i;
      }
    }
    if (best < 0) return false;
    parts[best] = merges.token[rank]!;
    for (let i = best + 1; i + 1 < parts.length; i++) parts[i] = parts[i + 1]!;
    parts.length--;
  }
  return true;
}

/** Merges a token's bytes by tiktoken's rule until two parts are left; none where it cannot be reached. */
function lastPair(
  vocabulary: Vocabulary,
  byteIds: Int32Array,
  bytes: Uint8Array,
): [number, number] | undefined {
  const starts = Array.from({ length: bytes.length + 1 }, (_, i) => i);
  // ranks[i]: the id of parts i and i + 1 joined, or NO_RANK
  const joined = (i: number): number => {
    if (i < 0 || i + 2 >= starts.length) return NO_RANK;
    const id = vocabulary.find(bytes, starts[i]!, starts[i + 2]!);
    return id < 0 ? NO_RANK : id;
  };
  const ranks = starts.map((_, i) => joined(i));
  while (starts.length > 3) {
    let best = 0;
    for (let i = 1; i < ranks.length; i++) if (ranks[i]! < ranks[best]!) best = i;
    if (ranks[best] === NO_RANK) return undefined;
    starts.splice(best + 1, 1);
    ranks.splice(best + 1, 1);
    ranks[best] = joined(best);
    if (best > 0) ranks[best - 1] = joined(best - 1);
  }
  const part = (from: number, to: number) =>
    to - from === 1 ? byteIds[bytes[from]!]! : vocabulary.find(bytes, from, to);
  return [part(0, starts[1]!), part(starts[1]!, bytes.length)];
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
