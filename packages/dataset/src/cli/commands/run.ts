import { basename } from "node:path";
import type { Document } from "../../document.js";
import { statsPath, writeStats } from "../../node/stats-files.js";
import { writeText } from "../../node/write-text.js";
import { writeJsonl } from "../../node/writers/jsonl.js";
import { funnelHtml } from "../../report/funnel.js";
import type { Sink } from "../../sink.js";
import type { Arguments } from "../arguments.js";
import { type Io, UsageError, write } from "../io.js";
import { loadConfig } from "../load-config.js";
import { statsTable } from "../table.js";
import { watched } from "../watch.js";

/** `dataset run`: a pipeline from its source to a file, its sink or stdout. */
export async function runPipeline(options: Arguments, io: Io): Promise<void> {
  const [path] = options.operands("the configuration");
  const [out, html, json] = [options.text("out"), options.text("html"), options.has("json")];
  const { pipeline, sink, ...config } = await loadConfig(path);
  const logDir = options.text("log-dir") ?? config.logDir;
  if (json && out === undefined && !sink) {
    throw new UsageError("--json takes stdout, so the documents need another place: give --out, or a sink.");
  }
  const documents = watched(pipeline, io, { statistics: logDir !== undefined || html !== undefined });
  const result = await deliver(documents, out, sink, io);
  const stats = pipeline.stats();
  if (logDir !== undefined) await writeStats(stats, statsPath(logDir, 0));
  if (html !== undefined) await writeText(html, funnelHtml(stats, { title: basename(path) }));
  if (json) await write(io.stdout, `${JSON.stringify({ ...result, stats })}\n`);
  else await write(io.stderr, statsTable(stats));
}

interface Result {
  documents: number;
  files: readonly string[];
}

async function deliver(
  documents: AsyncIterable<Document>,
  out: string | undefined,
  sink: Sink | undefined,
  io: Io,
): Promise<Result> {
  if (out !== undefined) {
    return { documents: await writeJsonl(documents, out, { signal: io.signal }), files: [out] };
  }
  if (sink) return fill(sink, documents);
  let count = 0;
  for await (const { id, text, meta } of documents) {
    await write(io.stdout, `${JSON.stringify({ id, text, meta })}\n`);
    count++;
  }
  return { documents: count, files: [] };
}

/** All of it as one task. */
async function fill(sink: Sink, documents: AsyncIterable<Document>): Promise<Result> {
  const writer = await sink.open({ rank: 0, world: 1 });
  let count = 0;
  try {
    for await (const document of documents) {
      await writer.write(document);
      count++;
    }
    return { documents: count, files: await writer.close() };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
