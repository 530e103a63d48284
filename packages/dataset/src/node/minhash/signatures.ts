import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { scoreOf } from "../../minhash/policy.js";
import { type MinhashOptions, minHasher } from "../../minhash/signature.js";
import { AtomicFile, syncFolder } from "../../shards/file.js";
import type { Stage } from "../../stage.js";
import { length } from "../../text/python.js";
import { indexRecord } from "./document-index.js";
import { documentsPath, STAGES, signaturesPath } from "./layout.js";
import type { MinhashJob } from "./options.js";
import { bytesOf, RecordFile } from "./records.js";
import { sortRecords } from "./sort.js";
import type { TaskFile } from "./task-file.js";

/** Signatures that are held before they go to the disk, unsorted. */
const HELD = 4096;

/** The first stage: a task for each rank, which writes its documents' signatures, sorted bucket by bucket. */
export function signaturesStage(job: MinhashJob, options: MinhashOptions): Stage {
  const { folder, shape, policy } = job;
  return {
    name: STAGES.signatures,
    tasks: shape.tasks,
    async run(rank, { signal, onProgress } = {}) {
      const hasher = minHasher(options);
      const score = scoreOf(policy) ?? (({ text }) => length(text));
      const json = documentsPath(folder, rank, "json");
      await rm(json, { force: true });
      await mkdir(dirname(json), { recursive: true });
      const signatures = await Unsorted.create(job, rank);
      const [ids, index] = await Promise.all([
        AtomicFile.create(documentsPath(folder, rank, "ids")),
        AtomicFile.create(documentsPath(folder, rank, "index")),
      ]);
      const encoder = new TextEncoder();
      const stats = { documents: 0, signatures: 0, unreadable: 0 };
      try {
        let end = 0;
        const context = { signal, drop: () => void stats.unreadable++ };
        for await (const document of job.documents(rank, context)) {
          signal?.throwIfAborted();
          const id = encoder.encode(document.id);
          end += id.length;
          await ids.write(id);
          await index.write(indexRecord(end, score(document)));
          const signature = hasher.signature(document.text);
          if (signature) await signatures.add(signature, stats.documents);
          stats.documents++;
          if (stats.documents % 1000 === 0) onProgress?.(stats.documents);
        }
        stats.signatures = signatures.count;
        for (const file of [ids, index]) {
          await file.close();
          await file.commit();
        }
        for (let bucket = 0; bucket < shape.buckets; bucket++) {
          signal?.throwIfAborted();
          await signatures.writeSorted(bucket);
        }
        await writeTaskFile(json, { ...shape, documents: stats.documents, signatures: stats.signatures });
      } finally {
        await signatures.discard();
        await ids.discard();
        await index.discard();
      }
      onProgress?.(stats.documents);
      return stats;
    },
  };
}

/** Written last: with it the rank is done. */
async function writeTaskFile(path: string, content: TaskFile): Promise<void> {
  const file = await AtomicFile.create(path);
  try {
    await file.write(new TextEncoder().encode(`${JSON.stringify(content)}\n`));
    await file.close();
    await file.commit();
    await syncFolder(dirname(path));
  } finally {
    await file.discard();
  }
}

/** Signatures on the disk as they come, bucket by bucket: only one bucket's are in memory, to be sorted. */
class Unsorted {
  count = 0;
  private readonly paths: readonly string[];
  private readonly width: number;
  private held: Uint32Array[];

  private constructor(paths: readonly string[], width: number) {
    this.paths = paths;
    this.width = width;
    this.held = paths.map(() => new Uint32Array(HELD * width));
  }

  static async create({ folder, shape }: MinhashJob, rank: number): Promise<Unsorted> {
    const paths = Array.from({ length: shape.buckets }, (_, bucket) => signaturesPath(folder, bucket, rank));
    for (const path of paths) {
      await mkdir(dirname(path), { recursive: true });
      await rm(`${path}.unsorted`, { force: true });
    }
    return new Unsorted(paths, 2 * shape.hashesPerBucket + 1);
  }

  async add(signature: BigUint64Array, position: number): Promise<void> {
    const words = new Uint32Array(signature.buffer, signature.byteOffset, 2 * signature.length);
    const hashes = this.width - 1;
    const at = (this.count % HELD) * this.width;
    this.held.forEach((held, bucket) => {
      held.set(words.subarray(bucket * hashes, (bucket + 1) * hashes), at);
      held[at + hashes] = position;
    });
    this.count++;
    if (this.count % HELD === 0) await this.spill();
  }

  async writeSorted(bucket: number): Promise<void> {
    const path = this.paths[bucket]!;
    const rest = this.count % HELD;
    const records = new Uint32Array(this.count * this.width);
    records.set(this.held[bucket]!.subarray(0, rest * this.width), (this.count - rest) * this.width);
    if (this.count > rest) {
      const spilt = await RecordFile.find(`${path}.unsorted`, this.width, "run this task again");
      records.set(await spilt.read(0, this.count - rest));
    }
    const file = await AtomicFile.create(path);
    try {
      await file.write(bytesOf(sortRecords(records, this.width)));
      await file.close();
      await file.commit();
      await syncFolder(dirname(path));
    } finally {
      await file.discard();
    }
  }

  async discard(): Promise<void> {
    for (const path of this.paths) await rm(`${path}.unsorted`, { force: true });
  }

  private async spill(): Promise<void> {
    for (const [bucket, held] of this.held.entries()) {
      const handle = await open(`${this.paths[bucket]}.unsorted`, "a");
      await handle.writeFile(bytesOf(held));
      await handle.close();
    }
  }
}
