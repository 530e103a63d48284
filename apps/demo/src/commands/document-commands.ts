import { Command, type Io, nonEmpty } from "@llm/platform/command";
import { defaults } from "../settings.js";
import type { ExplainArguments, WarcArguments } from "./arguments.js";
import { runName } from "./options.js";

export const explainCommand = (explain: (args: ExplainArguments, io: Io) => Promise<void>, io: Io) =>
  new Command("explain")
    .summary("what every filter says about a document")
    .addHelpText("after", "\nExample:\n  npm run demo -- explain README.md")
    .argument("<file>", "one with documents, such as page.html", nonEmpty)
    .option(
      "--name <name>",
      `the run that judges and counts tokens; default: ${defaults.name}, if there is one`,
      runName,
    )
    .option("--runs <folder>", `where runs are kept; default: ${defaults.runs}`, nonEmpty)
    .action((file, options) => explain({ file, ...options }, io));

export const warcCommand = (warc: (args: WarcArguments, io: Io) => Promise<void>, io: Io) =>
  new Command("warc")
    .summary("put a folder of .html and .html.gz pages into one WARC")
    .addHelpText("after", "\nExample:\n  npm run demo -- warc pages pages.warc.gz")
    .argument("<folder>", "where the pages are", nonEmpty)
    .argument("<output>", "the file to write, such as pages.warc.gz", nonEmpty)
    .action((folder, output) => warc({ folder, output }, io));
