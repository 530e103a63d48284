import { readFile } from "node:fs/promises";
import { documentsPath } from "./document-index.js";
import { DedupFileError } from "./errors.js";

/**
 * Reads what a first stage said of a rank when all its files were there: its settings, and what it counted.
 * @param stage the first stage's name
 * @throws DedupFileError if nothing was said, or with other settings
 */
export async function readTaskFile<Task extends { readonly documents: number }>(
  folder: string,
  rank: number,
  stage: string,
  settings: Partial<Task> = {},
): Promise<Task> {
  const path = documentsPath(folder, rank, "json");
  const wayOut = `run task ${rank} of ${stage} first`;
  let task: Task;
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
  for (const name of Object.keys(settings) as (keyof Task & string)[]) {
    if (task[name] === settings[name]) continue;
    const problem = `was made with ${name} ${task[name]}, which is now ${settings[name]}`;
    throw new DedupFileError(path, problem, "use the same settings in all stages, or an empty folder");
  }
  return task;
}
