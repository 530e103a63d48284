import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { syncFolder } from "@llm/platform/durable";
import { Clusters } from "../../minhash/clusters.js";
import { AtomicFile } from "../../shards/file.js";
import type { Stage } from "../../stage.js";
import { DocumentIndex } from "../dedup/document-index.js";
import { DedupFileError } from "../dedup/errors.js";
import { bytesOf, RecordFile } from "../dedup/records.js";
import { readTaskFile } from "../dedup/task-file.js";
import { clusterPath, clustersDonePath, clustersFolder, pairsPath, STAGES } from "./layout.js";
import type { MinhashJob } from "./options.js";
import { Positions } from "./positions.js";
import type { MinhashTask } from "./shape.js";

/**
 * The third stage, of one task: joins all pairs to clusters, file after file so that the outcome is always the same, and
 * says of each rank's documents which to drop and for which other. Needs 8 bytes a document, with the policy `"first"` 12,
 * with `"longest"` or `priority` 20.
 */
export function clustersStage(job: MinhashJob): Stage {
  const { folder, shape, policy, workersPerBucket } = job;
  return {
    name: STAGES.clusters,
    tasks: 1,
    async run(_, { signal, onProgress } = {}) {
      const counts: number[] = [];
      for (let rank = 0; rank < shape.tasks; rank++) {
        counts.push((await readTaskFile<MinhashTask>(folder, rank, STAGES.signatures, shape)).documents);
      }
      const positions = new Positions(counts);
      const clusters = new Clusters(positions.total);
      const stats = { documents: positions.total, pairs: 0, duplicates: 0, clusters: 0, removed: 0 };
      for (let bucket = 0; bucket < shape.buckets; bucket++) {
        for (let worker = 0; worker < workersPerBucket; worker++) {
          for await (const pairs of joinPairs(job, bucket, worker, positions, clusters)) {
            signal?.throwIfAborted();
            stats.pairs += pairs;
            onProgress?.(stats.pairs);
          }
        }
      }
      const scores = policy === "first" || policy === "datatrove" ? undefined : readScores(job, positions);
      const survivor = clusters.survivors(policy, scores);
      await rm(clustersFolder(folder), { recursive: true, force: true });
      await mkdir(clustersFolder(folder), { recursive: true });
      const numbers = new ClusterNumbers(positions.total);
      for (let rank = 0; rank < shape.tasks; rank++) {
        signal?.throwIfAborted();
        const said = sayOf(rank, positions, clusters, survivor, numbers);
        stats.duplicates += said.sizes.length / 2;
        stats.removed += said.remove.length;
        for (const kind of ["clusters", "sizes", "survivors", "remove"] as const) {
          const words = Uint32Array.from(said[kind]);
          if (words.length > 0) await write(clusterPath(folder, rank, kind), bytesOf(words));
        }
      }
      stats.clusters = numbers.count;
      await syncFolder(clustersFolder(folder));
      const done = new TextEncoder().encode(`${JSON.stringify({ policy, ...stats })}\n`);
      await write(clustersDonePath(folder), done);
      await syncFolder(clustersFolder(folder));
      return stats;
    },
  };
}

/** Joins the pairs of a file, and says now and then how many it has. */
async function* joinPairs(
  { folder, workersPerBucket }: MinhashJob,
  bucket: number,
  worker: number,
  positions: Positions,
  clusters: Clusters,
): AsyncGenerator<number> {
  const wayOut = `run task ${bucket * workersPerBucket + worker} of ${STAGES.buckets} again`;
  const file = await RecordFile.find(pairsPath(folder, bucket, worker), 4, wayOut);
  if (existsSync(pairsPath(folder, bucket, workersPerBucket))) {
    const problem = `is not alone: there were more workers than ${workersPerBucket} for each bucket`;
    throw new DedupFileError(file.path, problem, `run ${STAGES.buckets} again`);
  }
  for await (const words of file.batches()) {
    for (let i = 0; i < words.length; i += 4) {
      const a = positions.of(words[i]!, words[i + 1]!);
      const b = positions.of(words[i + 2]!, words[i + 3]!);
      if (a === undefined || b === undefined) {
        throw new DedupFileError(file.path, "names documents that are not there", wayOut);
      }
      clusters.join(a, b);
    }
    yield words.length / 4;
  }
}

/** What the files of a rank hold. */
function sayOf(
  rank: number,
  positions: Positions,
  clusters: Clusters,
  survivor: (document: number) => number,
  numbers: ClusterNumbers,
) {
  const said = {
    remove: [] as number[],
    clusters: [] as number[],
    sizes: [] as number[],
    survivors: [] as number[],
  };
  const [first, end] = positions.rangeOf(rank);
  for (let document = first; document < end; document++) {
    const size = clusters.size(document);
    if (size === 1) continue;
    said.clusters.push(document - first, numbers.of(clusters.root(document)));
    said.sizes.push(document - first, size);
    const kept = survivor(document);
    if (kept === document) continue;
    said.remove.push(document - first);
    said.survivors.push(document - first, ...positions.place(kept));
  }
  return said;
}

/** Numbers of clusters, given as they are met. */
class ClusterNumbers {
  count = 0;
  /** By root; 0 for none yet. */
  private readonly numbers: Uint32Array;

  constructor(documents: number) {
    this.numbers = new Uint32Array(documents);
  }

  of(root: number): number {
    this.numbers[root] ||= ++this.count;
    return this.numbers[root]! - 1;
  }
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const file = await AtomicFile.create(path);
  try {
    await file.write(bytes);
    await file.close();
    await file.commit();
  } finally {
    await file.discard();
  }
}

function readScores({ folder, shape }: MinhashJob, positions: Positions): Float64Array {
  const scores = new Float64Array(positions.total);
  for (let rank = 0; rank < shape.tasks; rank++) {
    const index = new DocumentIndex(folder, rank);
    index.scores(scores.subarray(...positions.rangeOf(rank)));
    index.close();
  }
  return scores;
}
