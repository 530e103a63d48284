import { explain, pipeline } from "@llm/dataset";
import { readFolder } from "@llm/dataset/node";
import { cleaning } from "./cleaning.js";
import type { Terminal } from "./terminal.js";

/** What every filter measures in the documents of a file, also behind the first that drops one. */
export async function explainFile(path: string, terminal: Terminal): Promise<void> {
  const documents = pipeline(readFolder(path)).docs({
    onDrop: ({ document, verdict }) => {
      terminal.heading(document.id);
      terminal.line(`dropped while reading: ${verdict.reason} (${verdict.metric} ${verdict.value})`);
    },
  });
  for await (const document of documents) {
    terminal.heading(document.id);
    terminal.line(String(await explain(cleaning(), document)));
  }
}
