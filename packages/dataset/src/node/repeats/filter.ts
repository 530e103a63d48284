import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../../document.js";
import type { Stage } from "../../stage.js";
import type { DropVerdict } from "../../step.js";
import { DocumentIds } from "../dedup/document-index.js";
import { DedupFileError } from "../dedup/errors.js";
import { RecordFile } from "../dedup/records.js";
import { rewriteRank } from "../dedup/rewrite-rank.js";
import { readTaskFile } from "../dedup/task-file.js";
import {
  REPEAT_WIDTH,
  type RepeatJob,
  type RepeatStagesOptions,
  type RepeatTask,
  repeatsFolder,
  repeatsName,
  stageNames,
} from "./job.js";

/** What becomes of a document that has repeated parts; the first of them is said to be of the document `original`. */
type Decide = (
  document: Document,
  parts: readonly number[],
  original: () => string,
) => Document | DropVerdict;

/** The last stage: a task for each rank, which reads its documents again and does away with what are repeats. */
export function repeatFilterStage(
  job: RepeatJob,
  { output, onDrop }: RepeatStagesOptions,
  decide: Decide,
): Stage {
  const { folder, tasks, documents: input } = job;
  const names = stageNames(job);
  return {
    name: names.filter,
    tasks,
    async run(rank, context) {
      const { documents } = await readTaskFile<RepeatTask>(folder, rank, names.contents, job.settings);
      const repeats = await readRepeats(job, rank);
      const ids = new DocumentIds(folder);
      let next = 0;
      const options = { stage: names.filter, rank, tasks, input, output, onDrop, ids, documents };
      return rewriteRank(
        {
          ...options,
          decide(document, position) {
            const parts: number[] = [];
            const first = next;
            for (; repeats[next] === position; next += REPEAT_WIDTH) parts.push(repeats[next + 1]!);
            return decide(document, parts, () => ids.of(repeats[first + 2]!, repeats[first + 3]!));
          },
        },
        context,
      );
    },
  };
}

/** A rank's repeats of all workers, by position and part. */
async function readRepeats(job: RepeatJob, rank: number): Promise<Uint32Array> {
  const found: Uint32Array[] = [];
  for (let worker = 0; worker < job.workers; worker++) {
    const folder = repeatsFolder(job.folder, worker);
    const stage = stageNames(job).repeats;
    if (!existsSync(folder))
      throw new DedupFileError(folder, "is missing", `run task ${worker} of ${stage} first`);
    const path = join(folder, repeatsName(rank));
    if (!existsSync(path)) continue;
    const file = await RecordFile.find(path, REPEAT_WIDTH, `run task ${worker} of ${stage} again`);
    found.push(await file.read(0, file.count));
  }
  const words = new Uint32Array(found.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of found) {
    words.set(part, end);
    end += part.length;
  }
  const order = Uint32Array.from({ length: words.length / REPEAT_WIDTH }, (_, i) => i * REPEAT_WIDTH);
  order.sort((a, b) => words[a]! - words[b]! || words[a + 1]! - words[b + 1]!);
  const sorted = new Uint32Array(words.length);
  for (const [i, at] of order.entries()) sorted.set(words.subarray(at, at + REPEAT_WIDTH), i * REPEAT_WIDTH);
  return sorted;
}
