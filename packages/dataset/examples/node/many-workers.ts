// Four files, four tasks, two worker threads. The pipeline is a module's export, since its functions cannot be sent to threads:
// here this module is its own.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { filter, pipeline as pipe } from "@llm/dataset";
import { readFolder, run, writeJsonl } from "@llm/dataset/node";

const folder = join(tmpdir(), "many-workers");
const even = filter("even", ({ text }) =>
  Number(text) % 2 === 0
    ? { keep: true }
    : { keep: false, reason: "odd", metric: "number", value: text, threshold: "even" },
);

export const pipeline = pipe(readFolder(join(folder, "in")), even, writeJsonl(join(folder, "out")));

if (isMainThread) {
  mkdirSync(join(folder, "in"), { recursive: true });
  for (let file = 0; file < 4; file++) {
    const lines = Array.from({ length: 10 }, (_, i) => `{"text":"${i}"}\n`).join("");
    writeFileSync(join(folder, "in", `${file}.jsonl`), lines);
  }

  const [report] = await run(new URL(import.meta.url), { tasks: 4, workers: 2, logDir: join(folder, "log") });
  for (const { name, in: taken, out } of report!.steps!) console.log(`${name}: ${taken} -> ${out}`);
  console.log(readdirSync(join(folder, "out")).sort().join(" "));
  rmSync(folder, { recursive: true });
}

// Output:
// readFolder: 40 -> 40
// even: 40 -> 20
// 00000.jsonl.gz 00001.jsonl.gz 00002.jsonl.gz 00003.jsonl.gz
