import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "@llm/platform/durable";
import { AtomicFile } from "../../shards/file.js";
import type { Stage } from "../../stage.js";
import { DedupFileError } from "../dedup/errors.js";
import { merge, type SortedRun } from "../dedup/merge.js";
import { bytesOf, RecordFile } from "../dedup/records.js";
import { compareHashes } from "../dedup/sort.js";
import { readTaskFile } from "../dedup/task-file.js";
import { pairsPath, STAGES, signaturesPath } from "./layout.js";
import type { MinhashJob } from "./options.js";
import type { MinhashTask } from "./shape.js";

/** Pairs that are held before they are written. */
const HELD = 8192;

/**
 * The second stage: for each bucket a task, or several that share out the hashes, which merges all ranks' signatures and writes
 * neighbours that agree in all hashes as pairs.
 */
export function bucketsStage(job: MinhashJob): Stage {
  const { folder, shape, workersPerBucket } = job;
  return {
    name: STAGES.buckets,
    tasks: shape.buckets * workersPerBucket,
    async run(task, { signal, onProgress } = {}) {
      const bucket = Math.floor(task / workersPerBucket);
      const worker = task % workersPerBucket;
      const { runs, documents } = await runsOf(job, bucket, worker);
      const path = pairsPath(folder, bucket, worker);
      await mkdir(dirname(path), { recursive: true });
      if (worker === 0) await removeOthers(job, bucket);
      const pairs = new PairWriter(await AtomicFile.create(path));
      const stats = { signatures: 0, pairs: 0 };
      const width = 2 * shape.hashesPerBucket + 1;
      const last = { rank: 0, words: new Uint32Array(width) };
      const take = (rank: number, words: Uint32Array, at: number) => {
        const position = words[at + width - 1]!;
        if (position >= documents[rank]!) {
          const problem = `names document ${position}, but the rank has ${documents[rank]}`;
          throw new DedupFileError(signaturesPath(folder, bucket, rank), problem, again(rank));
        }
        if (stats.signatures++ > 0 && compareHashes(last.words, 0, words, at, width) === 0) {
          pairs.add(last.rank, last.words[width - 1]!, rank, position);
        }
        last.rank = rank;
        for (let i = 0; i < width; i++) last.words[i] = words[at + i]!;
      };
      const pause = async () => {
        signal?.throwIfAborted();
        await pairs.flush(HELD);
        onProgress?.(stats.signatures);
      };
      try {
        await merge(runs, { take, pause }, again);
        await pause();
        stats.pairs = await pairs.close();
        await syncFolder(dirname(path));
      } finally {
        await pairs.discard();
      }
      return stats;
    },
  };
}

/** Takes away what more workers than now left behind. */
async function removeOthers({ folder, workersPerBucket }: MinhashJob, bucket: number): Promise<void> {
  for (let other = workersPerBucket; ; other++) {
    const path = pairsPath(folder, bucket, other);
    if (!existsSync(path)) return;
    await rm(path);
  }
}

function again(rank: number): string {
  return `run task ${rank} of ${STAGES.signatures} again`;
}

/** What a worker reads of each rank, and how many documents each rank has. */
async function runsOf({ folder, shape, workersPerBucket }: MinhashJob, bucket: number, worker: number) {
  const width = 2 * shape.hashesPerBucket + 1;
  const files: RecordFile[] = [];
  const documents: number[] = [];
  for (let rank = 0; rank < shape.tasks; rank++) {
    const task = await readTaskFile<MinhashTask>(folder, rank, STAGES.signatures, shape);
    const file = await RecordFile.find(signaturesPath(folder, bucket, rank), width, again(rank));
    if (file.count !== task.signatures) {
      const problem = `holds ${file.count} signatures, but there were ${task.signatures}`;
      throw new DedupFileError(file.path, problem, again(rank));
    }
    files.push(file);
    documents.push(task.documents);
  }
  const [from, to] = await rangeOf(files, worker, workersPerBucket);
  const runs: SortedRun[] = [];
  for (const [rank, file] of files.entries()) {
    const first = from ? await file.lowerBound(from) : 0;
    const end = to ? await file.lowerBound(to) : file.count;
    if (first < end) runs.push({ rank, file, first, end });
  }
  return { runs, documents };
}

/** Above all hashes. */
const BEYOND = [2 ** 32, 0] as const;

type Bound = readonly [high: number, low: number] | undefined;

/** The least first hash that is a worker's, and that of the next. As datatrove cuts: the first file that is long enough, in equal parts. */
async function rangeOf(
  files: readonly RecordFile[],
  worker: number,
  workers: number,
): Promise<[Bound, Bound]> {
  const file = files.find(({ count }) => count >= workers);
  const bound = async (part: number): Promise<Bound> => {
    if (part === 0 || part === workers) return undefined;
    if (!file) return BEYOND; // too little to share out: all is the first worker's
    const record = await file.read(Math.floor(file.count / workers) * part, 1);
    return [record[1]!, record[0]!];
  };
  return [await bound(worker), await bound(worker + 1)];
}

/** Pairs on their way to their file. */
class PairWriter {
  private readonly file: AtomicFile;
  private words: number[] = [];
  private count = 0;

  constructor(file: AtomicFile) {
    this.file = file;
  }

  add(rank: number, position: number, otherRank: number, otherPosition: number): void {
    this.words.push(rank, position, otherRank, otherPosition);
    this.count++;
  }

  /** Writes if more than so many pairs wait. */
  async flush(most: number): Promise<void> {
    if (this.words.length <= 4 * most) return;
    await this.file.write(bytesOf(Uint32Array.from(this.words)));
    this.words = [];
  }

  /** Answers how many there were. */
  async close(): Promise<number> {
    await this.flush(0);
    await this.file.close();
    await this.file.commit();
    return this.count;
  }

  async discard(): Promise<void> {
    await this.file.discard();
  }
}
