import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Parser } from "htmlparser2";
import { type PageScore, type Score, scorePages, scoreShingles, scoreTokens } from "./score.js";

/** Rules and weights come from the tuning halves alone; the unseen halves say how good they are. */
export type Half = "tuning" | "unseen";

/** A page whose main content is known. */
export interface BenchmarkPage {
  readonly id: string;
  readonly half: Half;
  readonly url?: string;
  readonly html: string;
  readonly truth: string;
}

/** Pages of one source, scored in its own way. */
export interface Benchmark {
  readonly name: string;
  readonly pages: readonly BenchmarkPage[];
  score(truth: string, predicted: string): PageScore;
}

/** Where the pages and texts stand. */
export const dataFolder =
  process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

/** The pages that stand under `LLM_DATA`: 181 of the public benchmark, and the 130 that Readability is tested on. */
export function readBenchmarks(): Benchmark[] {
  for (const name of ["article-extraction", "readability-pages"]) {
    if (!existsSync(join(dataFolder, name)))
      throw new Error(`no pages at ${join(dataFolder, name)}: set LLM_DATA`);
  }
  return [
    { name: "article-extraction", pages: readArticles(), score: scoreShingles },
    { name: "readability-pages", pages: readReadability(), score: scoreTokens },
  ];
}

/** By a hash of the page's name, so that new pages do not move others. */
function halfOf(id: string): Half {
  return createHash("sha256").update(id).digest()[0]! < 128 ? "tuning" : "unseen";
}

function readArticles(): BenchmarkPage[] {
  const folder = join(dataFolder, "article-extraction");
  const truth: Record<string, { articleBody: string; url: string }> = JSON.parse(
    readFileSync(join(folder, "ground-truth.json"), "utf8"),
  );
  return Object.entries(truth).map(([id, { articleBody, url }]) => {
    const html = unzip(join(folder, "html", `${id}.html.gz`));
    return { id, half: halfOf(id), url, html, truth: articleBody };
  });
}

function readReadability(): BenchmarkPage[] {
  const folder = join(dataFolder, "readability-pages");
  const ids = readdirSync(folder).flatMap((file) => /^(.*)\.source\.html\.gz$/.exec(file)?.[1] ?? []);
  return ids.map((id) => ({
    id,
    half: halfOf(id),
    html: unzip(join(folder, `${id}.source.html.gz`)),
    truth: textOf(unzip(join(folder, `${id}.expected.html.gz`))),
  }));
}

function unzip(path: string): string {
  return gunzipSync(readFileSync(path)).toString("utf8");
}

const inline = new Set(
  "a abbr b bdi cite code del em font i ins kbd mark q s small span strong sub sup u wbr".split(" "),
);

/** All text of a piece of HTML, with a line break where an element that is a block begins or ends. */
function textOf(html: string): string {
  let text = "";
  const parser = new Parser({
    onopentag: (name) => {
      if (!inline.has(name)) text += "\n";
    },
    ontext: (piece) => {
      text += piece;
    },
    onclosetag: (name) => {
      if (!inline.has(name)) text += "\n";
    },
  });
  parser.end(html);
  return text;
}

/** Scores texts, one a page, on each half of a benchmark. */
export function scoreHalves(benchmark: Benchmark, texts: readonly string[]): Record<Half, Score> {
  const scores = benchmark.pages.map(({ truth }, i) => benchmark.score(truth, texts[i]!));
  const of = (half: Half) => scorePages(scores.filter((_, i) => benchmark.pages[i]!.half === half));
  return { tuning: of("tuning"), unseen: of("unseen") };
}

/** Precision, recall and F1 for a table. */
export function scoreCells({ precision, recall, f1 }: Score): string {
  return [precision, recall, f1].map((value) => value.toFixed(3).replace(/^0/, "")).join(" ");
}
