import { join } from "node:path";
import { Command, type Io, nonEmpty, Option, wholeNumber, write } from "@llm/platform/command";
import { minhashStages } from "../../node/minhash/stages.js";
import { readFolder } from "../../node/readers/read-files.js";
import { run } from "../../node/run/run.js";
import type { StageReport } from "../../node/run/stage.js";
import { writeJsonl } from "../../node/writers/jsonl.js";

/** `dataset dedup`: one document of each cluster of near-duplicates, by MinHash in four stages. */
export const dedupCommand = (io: Io) =>
  new Command("dedup")
    .summary("drop near-duplicates (MinHash)")
    .description(
      "Keeps one document of each cluster of near-duplicates. The four stages go on where they were when the same " +
        "command is given again.",
    )
    .argument("<in>", "a file, a folder or a pattern", nonEmpty)
    .argument("<out>", "the folder to write", nonEmpty)
    .addOption(
      new Option("--policy <name>", "which document of a cluster is kept")
        .choices(["first", "longest", "datatrove"])
        .default("first" as const),
    )
    .option("--tasks <n>", "parts, and files that are written", wholeNumber(1, 1e6), 1)
    .option("--work <folder>", "for signatures and pairs; default: .minhash in the out folder")
    .option("--json", '{"out","stages"} on stdout')
    .optionsGroup("MinHash:")
    .option("--ngram <n>", "words a shingle; default: 5", wholeNumber(1, 1000))
    .option("--buckets <n>", "default: 14", wholeNumber(1, 1000))
    .option("--hashes <n>", "hashes a bucket; default: 8", wholeNumber(1, 1000))
    .option("--seed <n>", "default: 1", wholeNumber(0, 2 ** 32 - 1))
    .addHelpText("after", "\nExample:\n  dataset dedup clean.jsonl.gz unique")
    .action(async (from, to, { work, json, hashes, ...options }) => {
      // Hidden, so that whoever reads the folder reads documents only.
      const folder = work ?? join(to, ".minhash");
      const stages = minhashStages({
        ...options,
        input: readFolder(from),
        folder,
        output: writeJsonl(to),
        hashesPerBucket: hashes,
      });
      const reports = await run(stages, { logDir: join(folder, "logs"), signal: io.signal });
      if (json) await write(io.stdout, `${JSON.stringify({ out: to, stages: reports })}\n`);
      else await write(io.stderr, reports.map(line).join(""));
    });

function line({ name, counts = {} }: StageReport): string {
  const counted = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  return `${name}: ${counted.join(", ")}\n`;
}
