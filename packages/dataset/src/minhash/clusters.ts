import type { SurvivorPolicy } from "./policy.js";

/** Two documents that share a bucket, by position; `a` comes first. */
export interface SimilarPair {
  readonly a: number;
  readonly b: number;
  readonly bucket: number;
}

/**
 * Pairs of documents that agree in a bucket, in datatrove's order: bucket by bucket, by hash, neighbours paired.
 * Documents without a signature are in none.
 */
export function* similarPairs(
  signatures: readonly (BigUint64Array | undefined)[],
  buckets: number,
  hashesPerBucket: number,
): Generator<SimilarPair> {
  const present = signatures.flatMap((signature, index) => (signature ? [index] : []));
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = bucket * hashesPerBucket;
    const compare = (a: number, b: number): number => {
      for (let i = start; i < start + hashesPerBucket; i++) {
        const [x, y] = [signatures[a]![i]!, signatures[b]![i]!];
        if (x !== y) return x < y ? -1 : 1;
      }
      return 0;
    };
    const sorted = [...present].sort((a, b) => compare(a, b) || a - b);
    for (let i = 1; i < sorted.length; i++) {
      if (compare(sorted[i - 1]!, sorted[i]!) === 0) yield { a: sorted[i - 1]!, b: sorted[i]!, bucket };
    }
  }
}

/** Clusters of documents, by position; 4 bytes a document, for up to 2^31 documents. */
export class Clusters {
  readonly count: number;
  /** Another of the cluster, nearer its root; in a root, how many there are, below zero. */
  readonly #links: Int32Array;

  constructor(count: number) {
    this.count = count;
    this.#links = new Int32Array(count).fill(-1);
  }

  /** The one that stands for a document's cluster. */
  root(document: number): number {
    const links = this.#links;
    let x = document;
    for (let next = links[x]!; next >= 0; next = links[x]!) {
      const beyond = links[next]!;
      if (beyond >= 0) links[x] = beyond;
      x = next;
    }
    return x;
  }

  /** How many documents are in a document's cluster. */
  size(document: number): number {
    return -this.#links[this.root(document)]!;
  }

  /** Makes two clusters one, under the root of the larger; of the first, if they are as large. */
  join(a: number, b: number): void {
    const links = this.#links;
    let [keep, join] = [this.root(a), this.root(b)];
    if (keep === join) return;
    if (links[keep]! > links[join]!) [keep, join] = [join, keep];
    links[keep]! += links[join]!;
    links[join] = keep;
  }

  /**
   * Who stays of each document's cluster.
   * @param scores what the policy prefers the higher of, by position; without, the first is preferred
   */
  survivors(policy: SurvivorPolicy, scores?: Float64Array): (document: number) => number {
    if (policy === "datatrove") return (document) => this.root(document);
    /** By root, one more than the position of the best so far. */
    const best = new Uint32Array(this.count);
    for (let i = 0; i < this.count; i++) {
      const root = this.root(i);
      const before = best[root]!;
      if (before === 0 || (scores && scores[i]! > scores[before - 1]!)) best[root] = i + 1;
    }
    return (document) => best[this.root(document)]! - 1;
  }
}
