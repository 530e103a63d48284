import { hashOf } from "../../hash/hash-table.js";
import type { Stage } from "../../stage.js";
import { DocumentLog } from "../dedup/document-log.js";
import { UnsortedRecords } from "../dedup/unsorted.js";
import { CONTENT_WIDTH, contentsPath, type RepeatJob, stageNames } from "./job.js";

/** The first stage: a task for each rank, which writes hashes of what its documents contain, sorted, for each worker of the next. */
export function contentsStage(job: RepeatJob): Stage {
  const { folder, tasks, workers, settings } = job;
  return {
    name: stageNames(job).contents,
    tasks,
    async run(rank, { signal, onProgress } = {}) {
      const log = await DocumentLog.create(folder, rank);
      const paths = Array.from({ length: workers }, (_, worker) => contentsPath(folder, worker, rank));
      const records = await UnsortedRecords.create(paths, CONTENT_WIDTH);
      const stats = { documents: 0, contents: 0, unreadable: 0 };
      try {
        const context = { signal, drop: () => void stats.unreadable++ };
        for await (const document of job.documents(rank, context)) {
          signal?.throwIfAborted();
          const position = stats.documents++;
          await log.add(document, 0);
          for (const { key, order, last } of job.contentsOf(document, position)) {
            stats.contents++;
            const [low, high] = hashOf(key);
            const worker = Math.floor((high / 2 ** 32) * workers);
            const isFull = records.add(worker, (words, at) => words.set([low, high, ...order, last], at));
            if (isFull) await records.spill(worker);
          }
          if (stats.documents % 1000 === 0) onProgress?.(stats.documents);
        }
        for (let worker = 0; worker < workers; worker++) {
          signal?.throwIfAborted();
          await records.writeSorted(worker);
        }
        await log.close({ ...settings, documents: stats.documents, contents: stats.contents });
      } finally {
        await records.discard();
        await log.discard();
      }
      onProgress?.(stats.documents);
      return stats;
    },
  };
}
