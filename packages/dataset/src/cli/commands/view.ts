import type { Document } from "../../document.js";
import type { Arguments } from "../arguments.js";
import { documentsAt } from "../documents-at.js";
import { type Io, write } from "../io.js";
import { openPager } from "../pager.js";
import { plain } from "../plain.js";

/** `dataset view`: the documents of a file, to be read. */
export async function viewCommand(options: Arguments, io: Io): Promise<void> {
  const [target] = options.operands("what to read");
  const grep = options.pattern("grep");
  const limit = options.number("limit", 1, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY;
  const json = options.has("json");
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
}

function matches({ id, text, meta: { url } }: Document, grep: RegExp): boolean {
  return grep.test(text) || grep.test(id) || (typeof url === "string" && grep.test(url));
}

function page({ id, text, meta }: Document, position: number): string {
  const fields = Object.entries(meta).map(
    ([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}\n`,
  );
  return `${position > 0 ? "\n" : ""}━━━ ${plain(id)}\n${plain(fields.join(""))}\n${plain(text)}\n`;
}
