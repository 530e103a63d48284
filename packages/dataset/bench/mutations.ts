import { extractText } from "../src/extract/extract-text.js";
import { mutate, nestDeep, realPages, seeded } from "../test/extract/mutations.js";
import { paragraphs } from "../test/extract/paragraphs.js";
import { ourTree, theirTree } from "../test/extract/trees.js";

/**
 * Real pages in bad hands: how many trees differ from parse5's of all pages and of 2,000 mutated ones, and what extraction
 * makes of 1,000: `npx tsx --conditions=@llm/source bench/mutations.ts [seed]`.
 */
const pages = realPages();
if (pages.length === 0) throw new Error("no pages: set LLM_DATA");
const random = seeded(Number(process.argv[2] ?? 1));
const any = () => pages[Math.floor(random() * pages.length)]!;

const differs = (html: string) => ourTree(html).join("\n") !== theirTree(html).join("\n");
const mutated = Array.from({ length: 2000 }, () => () => mutate(any(), random));
const count = (all: readonly (() => string)[]) => all.filter((make) => differs(make())).length;
console.log(`trees that differ: ${count(pages.map((page) => () => page))} of ${pages.length} real pages`);
console.log(`trees that differ: ${count(mutated)} of ${mutated.length} mutated pages`);

let slowest = 0;
const empty: number[] = [];
for (let i = 0; i < 1000; i++) {
  const html = i % 10 === 0 ? nestDeep(any()) : mutate(any(), random);
  const start = process.cpuUsage();
  const { text } = extractText(html);
  const { user, system } = process.cpuUsage(start);
  slowest = Math.max(slowest, (user + system) / 1000);
  if (text === "") {
    const { length } = paragraphs(html);
    if (length > 500) empty.push(length);
  }
}
console.log(
  `1000 extracted, the slowest in ${slowest.toFixed(0)} ms; empty in spite of prose: ${empty.length}`,
);
if (empty.length > 0) console.log(`characters of prose in them: ${empty.join(", ")}`);
