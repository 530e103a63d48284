import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { extractText } from "../src/extract/extract-text.js";
import { scorePage, scorePages } from "./score.js";

/** Scores main-content extraction on the public benchmark: `npx tsx bench/extract.ts [precision|balanced]`. */
const root = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const folder = join(root, "article-extraction");
if (!existsSync(folder)) throw new Error(`no benchmark pages at ${folder}: set LLM_DATA`);
const truth: Record<string, { articleBody: string; url: string }> = JSON.parse(
  readFileSync(join(folder, "ground-truth.json"), "utf8"),
);
const favor = process.argv[2] === "precision" ? "precision" : "balanced";
const pages = Object.entries(truth).map(([id, { articleBody, url }]) => ({
  id,
  url,
  truth: articleBody,
  html: gunzipSync(readFileSync(join(folder, "html", `${id}.html.gz`))).toString("utf8"),
}));
const start = performance.now();
const texts = pages.map(({ html, url }) => extractText(html, { url, favor }).text);
const seconds = (performance.now() - start) / 1000;
const scores = pages.map((page, i) => scorePage(page.truth, texts[i]!));
const bytes = pages.reduce((sum, page) => sum + page.html.length, 0);
console.log(`${favor}:`, scorePages(scores));
console.log(`${(pages.length / seconds).toFixed(0)} pages/s, ${(bytes / seconds / 1e6).toFixed(1)} MB/s`);
