// Encoding and decoding with cl100k and o200k beside the peers, each in a process of its own, on Markdown and on real web
// pages with their tags stripped (LLM_DATA names the folder that has them). `npm run bench:bpe`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Figures, names } from "./bpe-contender.js";
import { documentation } from "./text.js";

const folder = mkdtempSync(join(tmpdir(), "bench-bpe-"));
const data = process.env["LLM_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");

function webPages(bytes: number): string | undefined {
  const pages = join(data, "article-extraction/html");
  if (!existsSync(pages)) return undefined;
  let text = "";
  for (const file of readdirSync(pages).sort()) {
    const html = gunzipSync(readFileSync(join(pages, file))).toString("utf8");
    text += html.replace(/<[^>]*>/g, " ");
    if (text.length > bytes) break;
  }
  return text.slice(0, bytes);
}

/** Text that all contenders agree on: whole characters, and nothing that looks like a special token. */
function plain(text: string): string {
  return text.replace(/\p{Surrogate}|<\|\w+\|>/gu, "?");
}

function run(name: string, vocabulary: string, file: string): Figures | undefined {
  const script = join(import.meta.dirname, "bpe-contender.ts");
  const args = ["--import", "tsx", "--conditions=@llm/source", script, name, vocabulary, file];
  try {
    return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 240_000 }));
  } catch (error) {
    console.log(`  ${name}: ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
}

const texts = { Markdown: documentation(5_000_000), "web pages": webPages(8_000_000) };
for (const [kind, text] of Object.entries(texts)) {
  if (!text) {
    console.log(`Skipped: no pages in ${data}; set LLM_DATA`);
    continue;
  }
  const file = join(folder, `${kind}.txt`);
  writeFileSync(file, plain(text));
  const megabytes = statSync(file).size / 1e6;
  for (const vocabulary of ["cl100k", "o200k"]) {
    console.log(
      `\n${vocabulary}, ${megabytes.toFixed(1)} MB of ${kind}, MB/s (and how many times that @llm/bpe does)`,
    );
    console.log(
      `  ${"".padEnd(18)}${["load ms", "cold", "warm", "decode"].map((c) => c.padStart(16)).join("")}`,
    );
    let ours: Figures | undefined;
    for (const name of names) {
      const figures = run(name, vocabulary, file);
      if (!figures) continue;
      ours ??= figures;
      const cells = (["cold", "warm", "decode"] as const).map((key) => {
        const ratio = name === names[0] ? "" : ` (${(figures[key] / ours![key]).toFixed(1)}x)`;
        return `${(megabytes / figures[key]).toFixed(1)}${ratio}`.padStart(16);
      });
      const same = figures.hash === ours.hash ? "" : `  other ids: ${figures.ids} for ${ours.ids}`;
      console.log(
        `  ${name.padEnd(18)}${(figures.load * 1e3).toFixed(0).padStart(16)}${cells.join("")}${same}`,
      );
    }
  }
}
rmSync(folder, { recursive: true });
