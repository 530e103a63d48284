import { basename, resolve } from "node:path";
import { readStats } from "../../node/stats-files.js";
import { writeText } from "../../node/write-text.js";
import { funnelHtml } from "../../report/funnel.js";
import { formatStats } from "../../stats/json.js";
import type { Arguments } from "../arguments.js";
import { type Io, write } from "../io.js";
import { statsTable } from "../table.js";

/** `dataset stats`: the statistics of all tasks of a run as one. */
export async function statsCommand(options: Arguments, io: Io): Promise<void> {
  const [path] = options.operands("the log folder");
  const stats = await readStats(path);
  const html = options.text("html");
  if (html !== undefined) {
    await writeText(html, funnelHtml(stats, { title: options.text("title") ?? basename(resolve(path)) }));
  }
  await write(io.stdout, options.has("json") ? formatStats(stats) : statsTable(stats));
}
