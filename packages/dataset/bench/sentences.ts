import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

/** Sentences of a language that stand under `LLM_DATA`: every second one may be learned from, the others are for reports. */
export function readSentences(language: string): { learned: string[]; unseen: string[] } {
  const lines = readFileSync(join(data, "langid", `${language}.txt`), "utf8")
    .trim()
    .split("\n");
  // Some were read in another encoding before they came here, as Turkish in windows-1252.
  const sound = lines.filter((line) => language !== "tr" || !/[ýþðÝÞÐ]/.test(line));
  return { learned: sound.filter((_, i) => i % 2 === 0), unseen: sound.filter((_, i) => i % 2 === 1) };
}
