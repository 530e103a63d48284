import { minhashDedup } from "../../minhash/dedup.js";
import { readFolder } from "../../node/readers/read-files.js";
import { writeJsonl } from "../../node/writers/jsonl.js";
import { pipeline } from "../../pipeline.js";
import type { Arguments } from "../arguments.js";
import { type Io, write } from "../io.js";
import { statsTable } from "../table.js";
import { watched } from "../watch.js";

/** `dataset dedup`: one document of each cluster of near-duplicates. */
export async function dedupCommand(options: Arguments, io: Io): Promise<void> {
  const [from, to] = options.operands("what to read", "the file to write");
  const step = minhashDedup({
    policy: "first",
    ngram: options.number("ngram", 1, 1000),
    buckets: options.number("buckets", 1, 1000),
    hashesPerBucket: options.number("hashes", 1, 1000),
    seed: options.number("seed", 0, 2 ** 32 - 1),
  });
  const p = pipeline(readFolder(from), step);
  const out = await writeJsonl(watched(p, io), to, { signal: io.signal });
  const stats = p.stats();
  const { in: taken, dropped } = stats[1]!;
  if (options.has("json")) await write(io.stdout, `${JSON.stringify({ in: taken, out, dropped })}\n`);
  else await write(io.stderr, statsTable(stats));
}
