import { Command, type Io, wholeNumber, write } from "@llm/platform/command";
import type { Document } from "../../document.js";
import { explain } from "../../explain.js";
import { documentsAt } from "../documents-at.js";
import { CONFIG_HELP, loadConfig } from "../load-config.js";
import { plain } from "../plain.js";

/** `dataset explain`: every check of every step, for each document of a file, a page or stdin. */
export const explainCommand = (io: Io) =>
  new Command("explain")
    .summary("what every check of a pipeline measures in documents")
    .argument("<config>", CONFIG_HELP)
    .argument("<target>", "a file, a folder, a URL, or - for stdin")
    .option("--id <id>", "only the document with this id")
    .option("--limit <n>", "only so many documents", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--url <url>", "the address of the page, where it comes from stdin")
    .option("--json", "one JSON object a document, with everything")
    .addHelpText("after", "\nExample:\n  dataset explain crawl.config.ts https://example.org/")
    .action(async (config, target, { id, limit = Number.POSITIVE_INFINITY, url, json }) => {
      const { pipeline } = await loadConfig(config);
      let count = 0;
      for await (const document of documentsAt(target, io, url)) {
        if (id !== undefined && document.id !== id) continue;
        const explanation = await explain(pipeline, document);
        const shown = json
          ? JSON.stringify({ id: document.id, ...explanation })
          : plain(`${count > 0 ? "\n" : ""}${title(document)}\n${explanation}`);
        await write(io.stdout, `${shown}\n`);
        if (++count >= limit) break;
      }
      if (count === 0) {
        const what = id === undefined ? "no document" : `no document ${JSON.stringify(id)}`;
        await write(io.stderr, `dataset: ${what} in ${target}\n`);
      }
    });

function title({ id, meta: { url } }: Document): string {
  return typeof url === "string" && url !== id ? `${id}  ${url}` : id;
}
