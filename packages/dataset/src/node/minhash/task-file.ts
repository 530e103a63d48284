import { readFile } from "node:fs/promises";
import type { SurvivorPolicy } from "../../minhash/policy.js";
import { documentsPath } from "../dedup/document-index.js";
import { DedupFileError } from "../dedup/errors.js";
import { STAGES } from "./layout.js";

/** What all stages have to agree on. */
export interface MinhashShape {
  readonly tasks: number;
  readonly ngram: number;
  readonly buckets: number;
  readonly hashesPerBucket: number;
  readonly seed: number;
  readonly normalization: string;
  /** What the score of each document is. */
  readonly score: "length" | "priority";
}

/** What the first stage says of a rank when all its files are there. */
export interface TaskFile extends MinhashShape {
  readonly documents: number;
  /** Documents long enough for a signature. */
  readonly signatures: number;
}

/** Which score a policy needs; a document's length is kept where it needs none. */
export function scoreKind(policy: SurvivorPolicy): MinhashShape["score"] {
  return typeof policy === "object" ? "priority" : "length";
}

/** Reads what the first stage said of a rank. @throws DedupFileError if that is missing, or was said with other settings */
export async function readTaskFile(folder: string, rank: number, shape?: MinhashShape): Promise<TaskFile> {
  const path = documentsPath(folder, rank, "json");
  const wayOut = `run task ${rank} of ${STAGES.signatures} first`;
  let task: TaskFile;
  try {
    task = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new DedupFileError(
      path,
      cause instanceof SyntaxError ? "is not JSON" : "is missing",
      wayOut,
      cause,
    );
  }
  for (const name of Object.keys(shape ?? {}) as (keyof MinhashShape)[]) {
    if (task[name] === shape![name]) continue;
    const problem = `was made with ${name} ${task[name]}, which is now ${shape![name]}`;
    throw new DedupFileError(path, problem, "use the same settings in all stages, or an empty folder");
  }
  return task;
}
