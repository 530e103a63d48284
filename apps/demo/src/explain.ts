import { existsSync } from "node:fs";
import { join } from "node:path";
import { explain, pipeline } from "@llm/dataset";
import { readFolder } from "@llm/dataset/node";
import { formatCount } from "@llm/platform/terminal";
import { cleaning } from "./cleaning.js";
import type { ExplainArguments } from "./commands.js";
import { artefacts } from "./stages/pretrain.js";
import { readTokenizer } from "./stages/tokenizer.js";
import type { Terminal } from "./terminal.js";

/** What every filter measures in the documents of a file, also behind the first that drops one. */
export async function explainFile({ file, name, runs }: ExplainArguments, terminal: Terminal): Promise<void> {
  const path = artefacts(join(runs, name)).tokenizer;
  const run = existsSync(path) ? await readTokenizer(path) : undefined;
  const documents = pipeline(readFolder(file)).docs({
    onDrop: ({ document, verdict }) => {
      terminal.heading(document.id);
      terminal.line(`dropped while reading: ${verdict.reason} (${verdict.metric} ${verdict.value})`);
    },
  });
  for await (const document of documents) {
    terminal.heading(document.id);
    const explanation = await explain(cleaning(), document);
    terminal.line(String(explanation));
    if (!run) continue;
    const { text } = explanation.document;
    const tokens = run.tokenizer.count(text);
    terminal.line(
      `${formatCount(tokens)} tokens to the run "${name}", ${(Buffer.byteLength(text) / tokens).toFixed(2)} bytes each`,
    );
  }
}
