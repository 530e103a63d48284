import { basename, resolve } from "node:path";
import { Command, type Io, nonEmpty, UsageError, write } from "@llm/platform/command";
import { readReports } from "../../node/run/reports.js";
import { readStats } from "../../node/stats-files.js";
import { writeText } from "../../node/write-text.js";
import { funnelHtml } from "../../report/funnel.js";
import { formatStats } from "../../stats/json.js";
import { stageTable, statsTable } from "../table.js";

/** `dataset stats`: the statistics of all tasks of a run as one, stage by stage where it has several. */
export const statsCommand = (io: Io) =>
  new Command("stats")
    .summary("where documents were lost: statistics of all tasks of a run")
    .description("Of a run of several stages it says how far each is and what its tasks counted.")
    .argument("<path>", "the log folder, or a file in it", nonEmpty)
    .option("--html <path>", "a page with the funnel, histograms and samples of what was dropped")
    .option("--title <text>", "the title of that page; default: the folder's name")
    .option("--json", "the merged statistics on stdout as JSON")
    .addHelpText("after", "\nExample:\n  dataset stats logs --html funnel.html")
    .action(async (path, { html, title, json }) => {
      const reports = await readReports(path);
      if (reports.length > 1 || reports[0]?.counts) {
        if (html !== undefined) {
          throw new UsageError(`--html is for one pipeline: give its log folder or file, inside "${path}".`);
        }
        await write(io.stdout, json ? `${JSON.stringify(reports)}\n` : reports.map(stageTable).join("\n"));
        return;
      }
      const stats = await readStats(path);
      if (html !== undefined) {
        await writeText(html, funnelHtml(stats, { title: title ?? basename(resolve(path)) }));
      }
      await write(io.stdout, json ? formatStats(stats) : statsTable(stats));
    });
