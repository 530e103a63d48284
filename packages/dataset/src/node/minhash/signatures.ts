import { scoreOf } from "../../minhash/policy.js";
import { hasherOf, type MinhashOptions } from "../../minhash/signature.js";
import type { Stage } from "../../stage.js";
import { length } from "../../text/python.js";
import { DocumentLog } from "../dedup/document-log.js";
import { UnsortedRecords } from "../dedup/unsorted.js";
import { STAGES, signaturesPath } from "./layout.js";
import type { MinhashJob } from "./options.js";
import type { MinhashTask } from "./shape.js";

/** The first stage: a task for each rank, which writes its documents' signatures, sorted bucket by bucket. */
export function signaturesStage(job: MinhashJob, options: MinhashOptions): Stage {
  const { folder, shape, policy } = job;
  const hashes = 2 * shape.hashesPerBucket;
  return {
    name: STAGES.signatures,
    tasks: shape.tasks,
    async run(rank, { signal, onProgress } = {}) {
      const hasher = hasherOf(options);
      const score = scoreOf(policy) ?? (({ text }) => length(text));
      const paths = Array.from({ length: shape.buckets }, (_, bucket) =>
        signaturesPath(folder, bucket, rank),
      );
      const log = await DocumentLog.create(folder, rank);
      const records = await UnsortedRecords.create(paths, hashes + 1);
      const stats = { documents: 0, signatures: 0, unreadable: 0 };
      try {
        const context = { signal, drop: () => void stats.unreadable++ };
        for await (const document of job.documents(rank, context)) {
          signal?.throwIfAborted();
          const position = stats.documents++;
          await log.add(document, score(document));
          const signature = hasher.signature(document.text);
          if (signature) {
            stats.signatures++;
            const words = new Uint32Array(signature.buffer);
            for (let bucket = 0; bucket < shape.buckets; bucket++) {
              const isFull = records.add(bucket, (held, at) => {
                held.set(words.subarray(bucket * hashes, (bucket + 1) * hashes), at);
                held[at + hashes] = position;
              });
              if (isFull) await records.spill(bucket);
            }
          }
          if (stats.documents % 1000 === 0) onProgress?.(stats.documents);
        }
        for (let bucket = 0; bucket < shape.buckets; bucket++) {
          signal?.throwIfAborted();
          await records.writeSorted(bucket);
        }
        await log.close({
          ...shape,
          documents: stats.documents,
          signatures: stats.signatures,
        } satisfies MinhashTask);
      } finally {
        await records.discard();
        await log.discard();
      }
      onProgress?.(stats.documents);
      return stats;
    },
  };
}
