// Main content of real pages: ours beside trafilatura, in pages per second of the processor's time, and how well each finds it.
//
//     LLM_DATA=<test data> LLM_PYTHON=<python with trafilatura> npm run bench:dataset-trafilatura
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { extractText } from "@llm/dataset";
import { scorePage, scorePages } from "../../../packages/dataset/bench/score.js";

const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const python = process.env["LLM_PYTHON"];
if (!python) {
  console.error("LLM_PYTHON must name a Python that has trafilatura");
  process.exit(2);
}
const folder = join(data, "article-extraction");
const truth: Record<string, { articleBody: string; url: string }> = JSON.parse(
  readFileSync(join(folder, "ground-truth.json"), "utf8"),
);
const pages = Object.entries(truth).map(([id, page]) => ({
  ...page,
  id,
  html: gunzipSync(readFileSync(join(folder, "html", `${id}.html.gz`))).toString("utf8"),
}));

/** What the script beside this one prints. */
interface Theirs {
  version: string;
  modes: Record<"precision" | "balanced", { rate: number; texts: Record<string, string> }>;
}
const theirs: Theirs = JSON.parse(
  execFileSync(python, [join(import.meta.dirname, "trafilatura_pages.py"), join(folder, "html")], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "ignore"],
  }),
);

/** F1 of the public benchmark. */
function quality(texts: Record<string, string>): string {
  return scorePages(pages.map(({ id, articleBody }) => scorePage(articleBody, texts[id]!))).f1.toFixed(3);
}

for (const favor of ["precision", "balanced"] as const) {
  const texts: Record<string, string> = {};
  let rate = 0;
  for (let round = 0; round < 5; round++) {
    const start = process.cpuUsage();
    for (const { id, html, url } of pages) texts[id] = extractText(html, { favor, url }).text;
    const { user, system } = process.cpuUsage(start);
    rate = Math.max(rate, (pages.length / (user + system)) * 1e6);
  }
  const other = theirs.modes[favor];
  const row = (name: string, speed: number, f1: string) =>
    console.log(`  ${name.padEnd(20)} ${speed.toFixed(0).padStart(6)} pages/s   F1 ${f1}`);
  console.log(`${favor}, ${pages.length} pages: ours is ${(rate / other.rate).toFixed(1)}x as fast`);
  row("@llm/dataset", rate, quality(texts));
  row(`trafilatura ${theirs.version}`, other.rate, quality(other.texts));
}
