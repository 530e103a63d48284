import { join } from "node:path";
import type { Document } from "@llm/dataset";
// Not all of the package: each task is a process that loads what stands here.
import { minhashStages } from "../../src/node/minhash/stages.js";
import { writeJsonl } from "../../src/node/writers/jsonl.js";
import golden from "../golden/minhash.json" with { type: "json" };

const base = process.env["RUN_FIXTURE"]!;
const delay = Number(process.env["RUN_DELAY"] ?? 0);
const tasks = 3;

async function* input(rank: number): AsyncGenerator<Document> {
  for (let i = rank; i < golden.corpus.length; i += tasks) {
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    yield { id: `${i}`, text: golden.corpus[i]!, meta: {} };
  }
}

export const stages = minhashStages({
  input,
  tasks,
  folder: join(base, "minhash"),
  output: writeJsonl(join(base, "unique"), { compression: "none" }),
  buckets: 3,
  hashesPerBucket: 3,
});
