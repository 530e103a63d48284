import type { Document } from "../../document.js";
import type { Source, StepContext } from "../../step.js";

/** The documents of a rank, the same at every call. */
export type DocumentsOfRank = (rank: number, context: StepContext) => AsyncIterable<Document>;

/** Of a source of files, rank r reads every `tasks`-th from the r-th on. */
export function documentsOfRanks(input: Source | DocumentsOfRank, tasks: number): DocumentsOfRank {
  if (typeof input === "function") return input;
  const { files, open } = input;
  if (!files || !open) {
    throw new TypeError(
      `the source ${input.name} reads no files that tasks could share: give a function of the rank instead`,
    );
  }
  return async function* (rank, context) {
    const all = await files.call(input, context.signal);
    for (let i = rank; i < all.length; i += tasks) yield* open.call(input, all[i]!, context);
  };
}

/** @throws RangeError for counts below one */
export function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}, but has to be a whole number above 0`);
  }
}
