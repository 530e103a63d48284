import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Document } from "../../document.js";
import type { DatasetConfig } from "../../node/config.js";
import { run } from "../../node/run/run.js";
import { statsPath, writeStats } from "../../node/stats-files.js";
import { writeText } from "../../node/write-text.js";
import { writeJsonl } from "../../node/writers/jsonl.js";
import type { StepStats } from "../../pipeline.js";
import { funnelHtml } from "../../report/funnel.js";
import type { Arguments } from "../arguments.js";
import { type Io, UsageError, write } from "../io.js";
import { loadConfig } from "../load-config.js";
import { statsTable } from "../table.js";
import { watched } from "../watch.js";

/** `dataset run`: a pipeline from its source to its sink, in tasks, or to a file or stdout. */
export async function runPipeline(options: Arguments, io: Io): Promise<void> {
  const [path] = options.operands("the configuration");
  const [out, html, json] = [options.text("out"), options.text("html"), options.has("json")];
  const config = withOptions(await loadConfig(path), options);
  const { sink } = config.pipeline;
  if (json && out === undefined && !sink) {
    throw new UsageError("--json takes stdout, so the documents need another place: give --out, or a sink.");
  }
  const stats =
    sink && out === undefined
      ? await inTasks(path, config, io)
      : await atOnce(config, out, html !== undefined, options, io);
  if (html !== undefined) await writeText(html, funnelHtml(stats, { title: basename(path) }));
  const result = { documents: stats.at(-1)!.out, out: out ?? sink?.folder ?? null, stats };
  if (json) await write(io.stdout, `${JSON.stringify(result)}\n`);
  else await write(io.stderr, statsTable(stats));
}

/** What the command line says goes before what the configuration says. */
function withOptions(config: DatasetConfig, options: Arguments): DatasetConfig {
  return {
    ...config,
    logDir: options.text("log-dir") ?? config.logDir,
    tasks: options.number("tasks", 1, 1e6) ?? config.tasks,
    workers: options.number("workers", 1, 1024) ?? config.workers,
  };
}

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
  options: Arguments,
  io: Io,
): Promise<StepStats[]> {
  if (options.text("tasks") ?? options.text("workers")) {
    throw new UsageError("--tasks and --workers are for a pipeline that ends in a sink, without --out.");
  }
  const kept = statistics ?? (logDir !== undefined || reported);
  await deliver(watched(pipeline, io, { statistics: kept }), out, io);
  const stats = pipeline.stats();
  if (logDir !== undefined) await writeStats(stats, statsPath(logDir, 0));
  return stats;
}

async function deliver(documents: AsyncIterable<Document>, out: string | undefined, io: Io): Promise<void> {
  if (out !== undefined) {
    await writeJsonl(documents, out, { signal: io.signal });
    return;
  }
  for await (const { id, text, meta } of documents) {
    await write(io.stdout, `${JSON.stringify({ id, text, meta })}\n`);
  }
}
