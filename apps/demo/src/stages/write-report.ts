import type { Tokenizer } from "@llm/bpe";
import { writeAside } from "@llm/platform/durable";
import type { ReportData } from "../report/data.js";
import { report } from "../report/report.js";
import type { RunFolder } from "../run-folder.js";
import { readSplit } from "../shards.js";
import { readLog } from "./pretrain.js";

/** Draws report.html, and writes scores.json for programs. */
export async function writeReport(
  folder: RunFolder,
  tokenizer: Tokenizer,
  data: Omit<ReportData, "steps" | "checkups" | "tokens">,
): Promise<string> {
  const { tokens, ends } = await readSplit(folder.file("tokens", "val"));
  const shown = tokens.subarray(0, Math.min(ends[0]! - 1, 160)); // without the separator
  const html = report({
    ...data,
    ...(await readLog(folder.file("log.jsonl"))),
    tokens: pieces(tokenizer, shown),
  });
  await writeAside(folder.file("scores.json"), `${JSON.stringify(data.scores, null, 2)}\n`);
  await writeAside(folder.file("report.html"), html);
  return folder.file("report.html");
}

/** Each token's own text; bytes that are only part of a character are shown as such. */
function pieces(tokenizer: Tokenizer, ids: Uint32Array): { id: number; text: string }[] {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return Array.from(ids, (id) => {
    const bytes = tokenizer.tokenBytes(id);
    try {
      return { id, text: strict.decode(bytes) };
    } catch {
      return { id, text: Array.from(bytes, (byte) => `‹${byte.toString(16).toUpperCase()}›`).join("") };
    }
  });
}
