import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command, type Io, UsageError, wholeNumber, write } from "@llm/platform/command";
import type { Document } from "../../document.js";
import type { DatasetConfig } from "../../node/config.js";
import { run } from "../../node/run/run.js";
import { statsPath, writeStats } from "../../node/stats-files.js";
import { writeText } from "../../node/write-text.js";
import { writeJsonl } from "../../node/writers/jsonl.js";
import { writeParquet } from "../../node/writers/parquet.js";
import type { StepStats } from "../../pipeline.js";
import { funnelHtml } from "../../report/funnel.js";
import { checkFile, checkFolder } from "../check-output.js";
import { CONFIG_HELP, loadConfig } from "../load-config.js";
import { statsTable } from "../table.js";
import { watched } from "../watch.js";

/** `dataset run`: a pipeline from its source to its sink, in tasks, or to a file or stdout. */
export const runCommand = (io: Io) =>
  new Command("run")
    .summary("run a pipeline")
    .description(
      "Runs a pipeline from its source to its sink, to a file or to stdout. The configuration can also be " +
        "defineConfig({ pipeline, logDir, tasks, workers }) of @llm/dataset/node. A pipeline that ends in a sink runs " +
        "in tasks: after Ctrl-C, or worse, the same command goes on where it was.",
    )
    .argument("<config>", CONFIG_HELP)
    .option(
      "--out <path>",
      "where documents go: a .jsonl, .jsonl.gz, .jsonl.zst or .parquet file; default: the sink, else stdout",
    )
    .option("--log-dir <folder>", 'keeps statistics there, for "dataset stats", and which tasks are complete')
    .option("--tasks <n>", "default: one for each file", wholeNumber(1, 1e6))
    .option("--workers <n>", "threads; default: 1", wholeNumber(1, 1024))
    .option("--html <path>", 'writes the report of "dataset stats"')
    .option("--json", '{"documents","out","stats"} on stdout')
    .addHelpText("after", "\nExample:\n  dataset run crawl.config.ts --out clean.jsonl.gz --log-dir logs")
    .action(async (path, { out, html, json, ...options }) => {
      const config = { ...(await loadConfig(path)), ...options };
      const { sink } = config.pipeline;
      if (json && out === undefined && !sink) {
        throw new UsageError(
          "--json takes stdout, so the documents need another place: give --out, or a sink.",
        );
      }
      if ((options.tasks ?? options.workers) && (out !== undefined || !sink)) {
        throw new UsageError("--tasks and --workers are for a pipeline that ends in a sink, without --out.");
      }
      await checkOut(out);
      await checkFile(html);
      await checkFolder(config.logDir);
      if (out === undefined) await checkFolder(sink?.folder);
      else checkFormat(out);
      const stats =
        sink && out === undefined
          ? await inTasks(path, config, io)
          : await atOnce(config, out, html !== undefined, io);
      if (html !== undefined) await writeText(html, funnelHtml(stats, { title: basename(path) }));
      const result = { documents: stats.at(-1)!.out, out: out ?? sink?.folder ?? null, stats };
      if (json) await write(io.stdout, `${JSON.stringify(result)}\n`);
      else await write(io.stderr, statsTable(stats));
    });

/** Can be stopped, and goes on where it was when it is run again. */
async function inTasks(path: string, config: DatasetConfig, io: Io): Promise<StepStats[]> {
  const { pipeline, logDir, workers = 1, statistics = true, ...options } = config;
  if (logDir === undefined) {
    throw new UsageError("--log-dir is missing: the folder that says which tasks are complete.");
  }
  // Threads load the module themselves.
  const what = workers > 1 ? pathToFileURL(resolve(path)) : pipeline;
  const [report] = await run(what, { ...options, logDir, workers, statistics, signal: io.signal });
  return [...report!.steps!];
}

async function atOnce(
  { pipeline, logDir, statistics }: DatasetConfig,
  out: string | undefined,
  reported: boolean,
  io: Io,
): Promise<StepStats[]> {
  const kept = statistics ?? (logDir !== undefined || reported);
  await deliver(watched(pipeline, io, { statistics: kept }), out, io);
  const stats = pipeline.stats();
  if (logDir !== undefined) await writeStats(stats, statsPath(logDir, 0));
  return stats;
}

async function deliver(documents: AsyncIterable<Document>, out: string | undefined, io: Io): Promise<void> {
  if (out !== undefined) {
    const writeOnce = PARQUET.test(out) ? writeParquet : writeJsonl;
    await writeOnce(documents, out, { signal: io.signal });
    return;
  }
  for await (const { id, text, meta } of documents) {
    await write(io.stdout, `${JSON.stringify({ id, text, meta })}\n`);
  }
}

const PARQUET = /\.parquet$/i;
const JSONL = /\.(?:jsonl|ndjson)(?:\.gz|\.zst)?$|^\/dev\//i;

/** A folder is for a sink. */
async function checkOut(out: string | undefined): Promise<void> {
  const there = out === undefined ? undefined : await stat(out).catch(() => undefined);
  if (there?.isDirectory()) {
    throw new OutError(
      `cannot write ${out}: it is a folder, and --out takes a file, such as ${join(out!, "clean.jsonl.gz")}. ` +
        "To fill a folder let the pipeline end in writeJsonl(folder) or writeParquet(folder).",
    );
  }
  await checkFile(out);
}

/** A name says the format. */
function checkFormat(out: string): void {
  if (JSONL.test(out) || PARQUET.test(out)) return;
  throw new UsageError(
    `--out ${out} does not say the format: let the name end in .jsonl, .jsonl.gz, .jsonl.zst or .parquet.`,
  );
}

/** An output that cannot be written. */
class OutError extends Error {
  override readonly name = "OutError";
}
