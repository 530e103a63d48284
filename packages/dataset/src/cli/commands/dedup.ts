import { join } from "node:path";
import { minhashStages } from "../../node/minhash/stages.js";
import { readFolder } from "../../node/readers/read-files.js";
import { run } from "../../node/run/run.js";
import type { StageReport } from "../../node/run/stage.js";
import { writeJsonl } from "../../node/writers/jsonl.js";
import type { Arguments } from "../arguments.js";
import { type Io, write } from "../io.js";

/** `dataset dedup`: one document of each cluster of near-duplicates, by MinHash in four stages. */
export async function dedupCommand(options: Arguments, io: Io): Promise<void> {
  const [from, to] = options.operands("what to read", "the folder to write");
  // Hidden, so that whoever reads the folder reads documents only.
  const folder = options.text("work") ?? join(to, ".minhash");
  const stages = minhashStages({
    input: readFolder(from),
    tasks: options.number("tasks", 1, 1e6) ?? 1,
    folder,
    output: writeJsonl(to),
    policy: options.choice("policy", ["first", "longest", "datatrove"]),
    ngram: options.number("ngram", 1, 1000),
    buckets: options.number("buckets", 1, 1000),
    hashesPerBucket: options.number("hashes", 1, 1000),
    seed: options.number("seed", 0, 2 ** 32 - 1),
  });
  const reports = await run(stages, { logDir: join(folder, "logs"), signal: io.signal });
  if (options.has("json")) await write(io.stdout, `${JSON.stringify({ out: to, stages: reports })}\n`);
  else await write(io.stderr, reports.map(line).join(""));
}

function line({ name, counts = {} }: StageReport): string {
  const counted = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  return `${name}: ${counted.join(", ")}\n`;
}
