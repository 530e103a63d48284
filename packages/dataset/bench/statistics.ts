// What statistics cost: the same documents with and without them, by turns, in time of the processor, on the pages of the extraction benchmark.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Document, fineweb, gopherQuality, pipeline, type Step } from "@llm/dataset";

const data = process.env["LLM_DATA"] ?? new URL("../../../../shared/data", import.meta.url).pathname;
const folder = join(data, "article-extraction");
if (!existsSync(folder)) throw new Error(`There are no pages at ${folder}: set LLM_DATA`);
const truth: Record<string, { articleBody: string; url: string }> = JSON.parse(
  readFileSync(join(folder, "ground-truth.json"), "utf8"),
);
const pages = Object.entries(truth).map(([id, { url }]) => ({
  id,
  text: gunzipSync(readFileSync(join(folder, "html", `${id}.html.gz`))).toString("utf8"),
  meta: { url, mediaType: "text/html" },
}));
const texts = Object.entries(truth).map(([id, { articleBody: text, url }]) => ({ id, text, meta: { url } }));

async function seconds(documents: Document[], steps: Step[], statistics: boolean): Promise<number> {
  const start = process.cpuUsage();
  const p = pipeline(documents, steps);
  for await (const _ of p.docs({ statistics })) {
    // Only the time counts.
  }
  p.stats();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

async function compare(name: string, documents: Document[], steps: Step[], rounds: number): Promise<void> {
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const first = round % 2 === 0;
    const times = [await seconds(documents, steps, first), await seconds(documents, steps, !first)];
    if (round > 0) ratios.push(first ? times[0]! / times[1]! : times[1]! / times[0]!); // the first round warms up
  }
  ratios.sort((a, b) => a - b);
  const range = `${ratios[0]!.toFixed(3)} to ${ratios.at(-1)!.toFixed(3)}`;
  console.log(`${name.padEnd(30)} ${ratios[rounds >> 1]!.toFixed(3)} times as long (${range})`);
}

console.log(`${pages.length} documents, Node ${process.version}, one core; the median with statistics`);
await compare("fineweb(), from pages", pages, fineweb(), 25);
await compare("without extraction, from texts", texts, fineweb().slice(2), 31);
await compare("gopherQuality alone", texts, [gopherQuality()], 31);
