import { check } from "../check.js";
import type { Document } from "../document.js";
import { HashTable, hashOfBytes } from "../hash/hash-table.js";
import type { DropVerdict, Step, StepContext } from "../step.js";
import { Clusters, similarPairs } from "./clusters.js";
import { checkPolicy, type SurvivorPolicy, scoreOf } from "./policy.js";
import { checkSimilarity, hasherOf, MINHASH, type MinHasher, type MinhashOptions } from "./signature.js";

/** Two documents found alike: `id` and the earlier `duplicateOf`, which agree in all hashes of `bucket`. */
export interface DuplicatePair {
  readonly id: string;
  readonly duplicateOf: string;
  readonly bucket: number;
}

/** Options of `minhashDedup`. */
export interface MinhashDedupOptions extends MinhashOptions {
  /**
   * `"streaming"` (the default) lets a document pass unless it resembles one before it, whether that one passed or not. It may
   * let more pass than there are clusters: where a later document links two that are not alike, both have passed by then.
   * The other policies wait for the last document, hold all meanwhile, and let one of each cluster pass.
   */
  readonly policy?: "streaming" | SurvivorPolicy | undefined;
  /** Told of every pair found, in a fixed order. */
  readonly onPair?: ((pair: DuplicatePair) => void) | undefined;
}

/**
 * A step that drops near-duplicates as `near_duplicate`; the verdict's value is the id of the document kept instead.
 * Needs about 0.7 kB a document while streaming, else 1 kB and the document; for corpora beyond memory there is `minhashStages`,
 * in Node.
 *
 * @throws PriorityError while documents are read
 */
export function minhashDedup(options: MinhashDedupOptions = {}): Step {
  checkSimilarity("minhashDedup", options);
  check("minhashDedup", options, { ...MINHASH, policy: "string|object", onPair: "function" });
  checkPolicy("minhashDedup", options.policy, ["streaming", "first", "longest", "datatrove"]);
  const hasher = hasherOf(options);
  const { policy = "streaming", onPair } = options;
  return {
    name: "minhashDedup",
    stateful: true,
    transform: (documents, context) =>
      policy === "streaming"
        ? dropAsSeen(documents, context, hasher, onPair)
        : dropFromClusters(documents, context, hasher, policy, onPair),
  };
}

/** What is said of a near-duplicate of the document `id`. */
export function nearDuplicate(id: string): DropVerdict {
  return { keep: false, reason: "near_duplicate", metric: "duplicate of", value: id, threshold: "none" };
}

async function* dropAsSeen(
  documents: AsyncIterable<Document>,
  context: StepContext,
  hasher: MinHasher,
  onPair: MinhashDedupOptions["onPair"],
): AsyncGenerator<Document> {
  const seen = new Seen(hasher.buckets, hasher.hashesPerBucket);
  for await (const document of documents) {
    const signature = hasher.signature(document.text);
    const original = signature && seen.add(document.id, signature, onPair);
    if (original === undefined) yield document;
    else context.drop(document, nearDuplicate(original));
  }
}

async function* dropFromClusters(
  documents: AsyncIterable<Document>,
  context: StepContext,
  hasher: MinHasher,
  policy: SurvivorPolicy,
  onPair: MinhashDedupOptions["onPair"],
): AsyncGenerator<Document> {
  const all: Document[] = [];
  const signatures: (BigUint64Array | undefined)[] = [];
  for await (const document of documents) {
    all.push(document);
    signatures.push(hasher.signature(document.text));
  }
  const clusters = new Clusters(all.length);
  for (const { a, b, bucket } of similarPairs(signatures, hasher.buckets, hasher.hashesPerBucket)) {
    onPair?.({ id: all[b]!.id, duplicateOf: all[a]!.id, bucket });
    clusters.join(a, b);
  }
  const score = scoreOf(policy);
  const survivor = clusters.survivors(policy, score && Float64Array.from(all, score));
  for (const [index, document] of all.entries()) {
    const kept = survivor(index);
    if (kept === index) yield document;
    else context.drop(document, nearDuplicate(all[kept]!.id));
  }
}

/** The buckets of all documents so far. */
class Seen {
  private readonly ids: string[] = [];
  /** Position of the document that was kept, by position. */
  private readonly kept: number[] = [];
  private readonly tables: HashTable[];
  private readonly bytes: number;

  constructor(buckets: number, hashesPerBucket: number) {
    this.tables = Array.from({ length: buckets }, () => new HashTable());
    this.bytes = 8 * hashesPerBucket;
  }

  /** Adds a document and answers the id of the kept one that it resembles, if any. */
  add(id: string, signature: BigUint64Array, onPair: MinhashDedupOptions["onPair"]): string | undefined {
    const position = this.ids.push(id) - 1;
    const bytes = new Uint8Array(signature.buffer);
    let original = position;
    for (const [bucket, table] of this.tables.entries()) {
      const [low, high] = hashOfBytes(bytes, bucket * this.bytes, (bucket + 1) * this.bytes);
      const other = table.addHash(low, high, position);
      if (other === undefined) continue;
      onPair?.({ id, duplicateOf: this.ids[other]!, bucket });
      original = Math.min(original, this.kept[other]!);
    }
    this.kept.push(original);
    return original === position ? undefined : this.ids[original];
  }
}
