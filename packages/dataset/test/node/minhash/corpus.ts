import { join } from "node:path";
import type { Document } from "../../../src/document.js";
import type { MinhashStagesOptions } from "../../../src/node/minhash/options.js";
import golden from "../../golden/minhash.json" with { type: "json" };
import { jsonlSink } from "../run-stages.js";

export const TASKS = 3;

/** Every third document of the golden corpus; ids are positions in the whole. */
export async function* documentsOf(rank: number): AsyncGenerator<Document> {
  for (let i = rank; i < golden.corpus.length; i += TASKS) {
    yield { id: `${i}`, text: golden.corpus[i]!, meta: { priority: i % 7 } };
  }
}

/** A shape of few files, which finds more pairs in fewer buckets. */
export const SMALL = { buckets: 3, hashesPerBucket: 3 };

export function optionsOf(folder: string): MinhashStagesOptions {
  return {
    input: documentsOf,
    tasks: TASKS,
    folder: join(folder, "work"),
    output: jsonlSink(join(folder, "out")),
  };
}
