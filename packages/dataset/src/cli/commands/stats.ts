import { basename, resolve } from "node:path";
import { readReports } from "../../node/run/reports.js";
import { readStats } from "../../node/stats-files.js";
import { writeText } from "../../node/write-text.js";
import { funnelHtml } from "../../report/funnel.js";
import { formatStats } from "../../stats/json.js";
import type { Arguments } from "../arguments.js";
import { type Io, UsageError, write } from "../io.js";
import { stageTable, statsTable } from "../table.js";

/** `dataset stats`: the statistics of all tasks of a run as one, stage by stage where it has several. */
export async function statsCommand(options: Arguments, io: Io): Promise<void> {
  const [path] = options.operands("the log folder");
  const html = options.text("html");
  const reports = await readReports(path);
  if (reports.length > 1 || reports[0]?.counts) {
    if (html !== undefined) {
      throw new UsageError(`--html is for one pipeline: give its log folder or file, inside "${path}".`);
    }
    await write(
      io.stdout,
      options.has("json") ? `${JSON.stringify(reports)}\n` : reports.map(stageTable).join("\n"),
    );
    return;
  }
  const stats = await readStats(path);
  if (html !== undefined) {
    await writeText(html, funnelHtml(stats, { title: options.text("title") ?? basename(resolve(path)) }));
  }
  await write(io.stdout, options.has("json") ? formatStats(stats) : statsTable(stats));
}
