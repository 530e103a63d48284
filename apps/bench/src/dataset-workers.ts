// FineWeb's base steps over eight WARC files, from extraction to JSON Lines: one worker on one core beside two on two.
//
//     LLM_DATA=<test data> npm run bench:dataset-workers        (after `npm run build`: it runs what users install)
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { datatrove010, pipeline as pipe, writeWarc } from "@llm/dataset";
import { readFolder, run, writeJsonl } from "@llm/dataset/node";

const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const files = 8;
const times = 8;
const rounds = 1;
const [folder = mkdtempSync(join(tmpdir(), "llm-workers-")), workers] = isMainThread
  ? process.argv.slice(2)
  : [process.env["LLM_FOLDER"]];

export const pipeline = pipe(
  readFolder(join(folder!, "in")),
  datatrove010(),
  writeJsonl(join(folder!, "out"), { compression: "none" }),
);

async function makeFiles(): Promise<void> {
  mkdirSync(join(folder!, "in"));
  const pages = join(data, "article-extraction");
  const truth: Record<string, { url: string }> = JSON.parse(
    readFileSync(join(pages, "ground-truth.json"), "utf8"),
  );
  async function* several() {
    for (let time = 0; time < times; time++)
      for (const [id, { url }] of Object.entries(truth))
        yield { url, html: gunzipSync(readFileSync(join(pages, "html", `${id}.html.gz`))).toString("utf8") };
  }
  const first = join(folder!, "in", "0.warc.gz");
  const members: Uint8Array[] = [];
  for await (const member of writeWarc(several())) members.push(member);
  writeFileSync(first, Buffer.concat(members));
  for (let i = 1; i < files; i++) cpSync(first, join(folder!, "in", `${i}.warc.gz`));
}

/** Seconds of a run in a process of its own, on as many cores as it has workers. */
function measure(workers: number): number {
  for (const name of ["log", "out"]) rmSync(join(folder!, name), { recursive: true, force: true });
  const script = [...process.execArgv, import.meta.filename, folder!, `${workers}`];
  const command = ["taskset", "-c", `0-${workers - 1}`, process.execPath, ...script];
  const env = { ...process.env, LLM_FOLDER: folder! };
  return Number(execFileSync(command[0]!, command.slice(1), { encoding: "utf8", env }));
}

if (isMainThread && workers) {
  const start = performance.now();
  await run(new URL(import.meta.url), { workers: Number(workers), logDir: join(folder!, "log") });
  console.log((performance.now() - start) / 1000);
} else if (isMainThread) {
  try {
    await makeFiles();
    const seconds = [1, 2].map((): number[] => []);
    for (let round = 0; round < rounds; round++)
      for (const workers of [1, 2]) seconds[workers - 1]!.push(measure(workers));
    const [one, two] = seconds.map((list) => list.sort((a, b) => a - b)[rounds >> 1]!) as [number, number];
    console.log(
      `one worker, one core ${one.toFixed(1)} s, two on two ${two.toFixed(1)} s: ${(one / two).toFixed(2)}x`,
    );
  } finally {
    if (existsSync(folder!)) rmSync(folder!, { recursive: true });
  }
}
