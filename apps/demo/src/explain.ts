import { explain } from "@llm/dataset";
import { documentsOf } from "./documents-of.js";
import { cleaning } from "./cleaning.js";
import type { Terminal } from "./terminal.js";

/** What every filter measures in the documents of a file, also in those it would never see. */
export async function explainFile(path: string, terminal: Terminal): Promise<void> {
  for await (const document of documentsOf(path, terminal)) {
    terminal.heading(document.id);
    terminal.line(String(await explain(cleaning(), document)));
  }
}
