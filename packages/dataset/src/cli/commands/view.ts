import { Command, type Io, regularExpression, wholeNumber, write } from "@llm/platform/command";
import type { Document } from "../../document.js";
import { documentsAt } from "../documents-at.js";
import { openPager } from "../pager.js";
import { plain } from "../plain.js";

/** `dataset view`: the documents of a file, to be read. */
export const viewCommand = (io: Io) =>
  new Command("view")
    .summary("read the documents in a file")
    .description("On a terminal through $PAGER, or less.")
    .argument("<target>", "a file, a folder, a URL, or - for stdin")
    .option(
      "--grep <pattern>",
      "only documents whose id, url or text has it: a regular expression, case does not matter",
      regularExpression,
    )
    .option("--limit <n>", "only so many documents", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--json", "one JSON object a document")
    .addHelpText("after", "\nExample:\n  dataset view clean.jsonl.gz --grep lake")
    .action(async (target, { grep, limit = Number.POSITIVE_INFINITY, json }) => {
      const pager = json ? { stream: io.stdout, close: async () => {} } : openPager(io);
      let count = 0;
      try {
        for await (const document of documentsAt(target, io)) {
          if (grep && !matches(document, grep)) continue;
          await write(pager.stream, json ? `${JSON.stringify(document)}\n` : page(document, count));
          if (++count >= limit) break;
        }
      } finally {
        await pager.close();
      }
    });

function matches({ id, text, meta: { url } }: Document, grep: RegExp): boolean {
  return grep.test(text) || grep.test(id) || (typeof url === "string" && grep.test(url));
}

function page({ id, text, meta }: Document, position: number): string {
  const fields = Object.entries(meta).map(
    ([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}\n`,
  );
  return `${position > 0 ? "\n" : ""}━━━ ${plain(id)}\n${plain(fields.join(""))}\n${plain(text)}\n`;
}
