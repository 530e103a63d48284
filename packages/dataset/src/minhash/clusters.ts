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

/** The cluster every document is in, as the position of the one that stands for it: union by size, ties to the first of the pair. */
export function clusters(count: number, pairs: Iterable<SimilarPair>): Uint32Array {
  const parent = Uint32Array.from({ length: count }, (_, i) => i);
  const size = new Uint32Array(count).fill(1);
  const find = (x: number): number => {
    while (parent[x] !== x) {
      parent[x] = parent[parent[x]!]!;
      x = parent[x]!;
    }
    return x;
  };
  for (const { a, b } of pairs) {
    let [keep, join] = [find(a), find(b)];
    if (keep === join) continue;
    if (size[keep]! < size[join]!) [keep, join] = [join, keep];
    parent[join] = keep;
    size[keep]! += size[join]!;
  }
  return parent.map((_, i) => find(i));
}
