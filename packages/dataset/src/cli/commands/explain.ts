import type { Document } from "../../document.js";
import { explain } from "../../explain.js";
import type { Arguments } from "../arguments.js";
import { documentsAt } from "../documents-at.js";
import { type Io, write } from "../io.js";
import { loadConfig } from "../load-config.js";
import { plain } from "../plain.js";

/** `dataset explain`: every check of every step, for each document of a file, a page or stdin. */
export async function explainCommand(options: Arguments, io: Io): Promise<void> {
  const [config, target] = options.operands("the configuration", "what to explain");
  const id = options.text("id");
  const limit = options.number("limit", 1, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY;
  const { pipeline } = await loadConfig(config);
  let count = 0;
  for await (const document of documentsAt(target, io, options.text("url"))) {
    if (id !== undefined && document.id !== id) continue;
    const explanation = await explain(pipeline, document);
    const shown = options.has("json")
      ? JSON.stringify({ id: document.id, ...explanation })
      : plain(`${count > 0 ? "\n" : ""}${title(document)}\n${explanation}`);
    await write(io.stdout, `${shown}\n`);
    if (++count >= limit) break;
  }
  if (count === 0) {
    const what = id === undefined ? "no document" : `no document ${JSON.stringify(id)}`;
    await write(io.stderr, `dataset: ${what} in ${target}\n`);
  }
}

function title({ id, meta: { url } }: Document): string {
  return typeof url === "string" && url !== id ? `${id}  ${url}` : id;
}
