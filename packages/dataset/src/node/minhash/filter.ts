import { existsSync } from "node:fs";
import type { Document } from "../../document.js";
import { nearDuplicate } from "../../minhash/dedup.js";
import type { Sink } from "../../sink.js";
import type { Stage } from "../../stage.js";
import { DocumentIds } from "./document-index.js";
import { MinhashFileError } from "./errors.js";
import { clusterPath, clustersDonePath, STAGES } from "./layout.js";
import type { MinhashJob, MinhashStagesOptions } from "./options.js";
import { RecordFile } from "./records.js";
import { readTaskFile } from "./task-file.js";

/** A document that is not the one that stood at its place when signatures were made. */
export class InputChangedError extends Error {
  override readonly name = "InputChangedError";
}

/** The last stage: a task for each rank, which reads its documents again and writes those that stay. */
export function filterStage(job: MinhashJob, output: Sink, onDrop: MinhashStagesOptions["onDrop"]): Stage {
  const { folder, shape } = job;
  return {
    name: STAGES.filter,
    tasks: shape.tasks,
    async run(rank, { signal, onProgress } = {}) {
      const task = await readTaskFile(folder, rank, shape);
      const survivors = await readSurvivors(folder, rank);
      const ids = new DocumentIds(folder);
      const writer = await output.open({ rank, world: shape.tasks });
      const stats = { documents: 0, kept: 0, removed: 0 };
      try {
        let next = 0;
        for await (const document of job.documents(rank, { signal, drop() {} })) {
          signal?.throwIfAborted();
          const position = stats.documents++;
          checkSame(document, rank, position, position < task.documents ? ids.of(rank, position) : undefined);
          if (survivors[next] === position) {
            stats.removed++;
            if (onDrop) {
              const verdict = nearDuplicate(ids.of(survivors[next + 1]!, survivors[next + 2]!));
              onDrop({ step: STAGES.filter, document, verdict });
            }
            next += 3;
          } else {
            stats.kept++;
            await writer.write(document);
          }
          if (stats.documents % 1000 === 0) onProgress?.(stats.documents);
        }
        if (stats.documents < task.documents)
          checkSame(undefined, rank, stats.documents, ids.of(rank, stats.documents));
        await writer.close();
      } catch (error) {
        await writer.abort();
        throw error;
      } finally {
        ids.close();
      }
      return stats;
    },
  };
}

/** Records of a document to drop and its survivor's rank and position. */
async function readSurvivors(folder: string, rank: number): Promise<Uint32Array> {
  const done = clustersDonePath(folder);
  if (!existsSync(done)) throw new MinhashFileError(done, "is missing", `run ${STAGES.clusters} first`);
  const path = clusterPath(folder, rank, "survivors");
  if (!existsSync(path)) return new Uint32Array();
  const file = await RecordFile.find(path, 3, `run ${STAGES.clusters} again`);
  return file.read(0, file.count);
}

function checkSame(
  document: Document | undefined,
  rank: number,
  position: number,
  id: string | undefined,
): void {
  if (document?.id === id) return;
  const now = document ? `is "${document.id}" now` : "is missing now";
  const then = id === undefined ? "was not there" : `was "${id}"`;
  throw new InputChangedError(
    `document ${position} of rank ${rank} ${now} and ${then} when its signature was made: the input has changed, run all stages again`,
  );
}
