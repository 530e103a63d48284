import { existsSync } from "node:fs";
import { nearDuplicate } from "../../minhash/dedup.js";
import type { Stage } from "../../stage.js";
import { DocumentIds } from "../dedup/document-index.js";
import { DedupFileError } from "../dedup/errors.js";
import { RecordFile } from "../dedup/records.js";
import { rewriteRank } from "../dedup/rewrite-rank.js";
import { readTaskFile } from "../dedup/task-file.js";
import { clusterPath, clustersDonePath, STAGES } from "./layout.js";
import type { MinhashJob, MinhashStagesOptions } from "./options.js";
import type { MinhashTask } from "./shape.js";

/** The last stage: a task for each rank, which reads its documents again and writes those that stay. */
export function filterStage(job: MinhashJob, { output, onDrop }: MinhashStagesOptions): Stage {
  const { folder, shape, documents: input } = job;
  return {
    name: STAGES.filter,
    tasks: shape.tasks,
    async run(rank, context) {
      const { documents } = await readTaskFile<MinhashTask>(folder, rank, STAGES.signatures, shape);
      const survivors = await readSurvivors(folder, rank);
      const ids = new DocumentIds(folder);
      let next = 0;
      const options = {
        stage: STAGES.filter,
        rank,
        tasks: shape.tasks,
        input,
        output,
        onDrop,
        ids,
        documents,
      };
      return rewriteRank(
        {
          ...options,
          decide(document, position) {
            if (survivors[next] !== position) return document;
            next += 3;
            return nearDuplicate(ids.of(survivors[next - 2]!, survivors[next - 1]!));
          },
        },
        context,
      );
    },
  };
}

/** Records of a document to drop and its survivor's rank and position. */
async function readSurvivors(folder: string, rank: number): Promise<Uint32Array> {
  const done = clustersDonePath(folder);
  if (!existsSync(done)) throw new DedupFileError(done, "is missing", `run ${STAGES.clusters} first`);
  const path = clusterPath(folder, rank, "survivors");
  if (!existsSync(path)) return new Uint32Array();
  const file = await RecordFile.find(path, 3, `run ${STAGES.clusters} again`);
  return file.read(0, file.count);
}
