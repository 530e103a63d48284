import type { Document } from "../document.js";
import { sha1 } from "../hash/sha1.js";
import type { Step } from "../step.js";
import { clusters, similarPairs } from "./clusters.js";
import { type MinhashOptions, minHasher } from "./signature.js";

/** Two documents found alike: `id` and the earlier `duplicateOf`, which agree in all hashes of `bucket`. */
export interface DuplicatePair {
  readonly id: string;
  readonly duplicateOf: string;
  readonly bucket: number;
}

/** Options of `minhashDedup`. */
export interface MinhashDedupOptions extends MinhashOptions {
  /**
   * `"first"` (the default) streams: a document passes unless it resembles one before it, whether that one passed or not.
   * `"cluster"` waits for the last document and then passes one of each cluster, the one that datatrove's filter keeps;
   * it holds all documents meanwhile. They differ where a later document links two that are not alike: `"first"` has
   * passed both by then.
   */
  readonly policy?: "first" | "cluster" | undefined;
  /** Told of every pair found, in a fixed order. */
  readonly onPair?: ((pair: DuplicatePair) => void) | undefined;
}

/**
 * A step that drops near-duplicates as `near_duplicate`; the verdict's value is the id of the document kept instead.
 * Needs about 1.5 kB a document, in `"first"`, and all of them in `"cluster"`.
 */
export function minhashDedup(options: MinhashDedupOptions = {}): Step {
  const hasher = minHasher(options);
  const { policy = "first", onPair } = options;
  const verdict = (value: string) =>
    ({ keep: false, reason: "near_duplicate", metric: "duplicate of", value, threshold: "none" }) as const;
  return {
    name: "minhashDedup",
    async *transform(documents, context) {
      if (policy === "first") {
        const seen = new Seen(hasher.buckets, hasher.hashesPerBucket);
        for await (const document of documents) {
          const signature = hasher.signature(document.text);
          const original = signature && seen.add(document.id, signature, onPair);
          if (original === undefined) yield document;
          else context.drop(document, verdict(original));
        }
        return;
      }
      const all: Document[] = [];
      const signatures: (BigUint64Array | undefined)[] = [];
      for await (const document of documents) {
        all.push(document);
        signatures.push(hasher.signature(document.text));
      }
      const pairs = [...similarPairs(signatures, hasher.buckets, hasher.hashesPerBucket)];
      for (const { a, b, bucket } of pairs) onPair?.({ id: all[b]!.id, duplicateOf: all[a]!.id, bucket });
      const cluster = clusters(all.length, pairs);
      for (const [index, document] of all.entries()) {
        if (cluster[index] === index) yield document;
        else context.drop(document, verdict(all[cluster[index]!]!.id));
      }
    },
  };
}

/** The buckets of all documents so far. */
class Seen {
  private readonly ids: string[] = [];
  /** Position of the document that was kept, by position. */
  private readonly kept: number[] = [];
  private readonly maps: Map<string, number>[];
  private readonly hashesPerBucket: number;

  constructor(buckets: number, hashesPerBucket: number) {
    this.maps = Array.from({ length: buckets }, () => new Map());
    this.hashesPerBucket = hashesPerBucket;
  }

  /** Adds a document and answers the id of the kept one that it resembles, if any. */
  add(id: string, signature: BigUint64Array, onPair: MinhashDedupOptions["onPair"]): string | undefined {
    const position = this.ids.push(id) - 1;
    let original = position;
    this.maps.forEach((map, bucket) => {
      const start = bucket * this.hashesPerBucket;
      const units = new Uint16Array(signature.buffer, 8 * start, 4 * this.hashesPerBucket);
      const key = String.fromCharCode(...units);
      const other = map.get(key);
      if (other === undefined) {
        map.set(key, position);
        return;
      }
      onPair?.({ id, duplicateOf: this.ids[other]!, bucket });
      original = Math.min(original, this.kept[other]!);
    });
    this.kept.push(original);
    return original === position ? undefined : this.ids[original];
  }
}

/** A step that drops documents whose text is that of an earlier one, as `duplicate`; the verdict's value is that one's id. Streams. */
export function exactDedup(): Step {
  return {
    name: "exactDedup",
    async *transform(documents, context) {
      const encoder = new TextEncoder();
      const digest = new Int32Array(5);
      const first = new Map<string, string>();
      for await (const document of documents) {
        const bytes = encoder.encode(document.text);
        sha1(bytes, 0, bytes.length, digest);
        const key = String.fromCharCode(...new Uint16Array(digest.buffer));
        const value = first.get(key);
        if (value === undefined) {
          first.set(key, document.id);
          yield document;
        } else
          context.drop(document, {
            keep: false,
            reason: "duplicate",
            metric: "duplicate of",
            value,
            threshold: "none",
          });
      }
    },
  };
}
