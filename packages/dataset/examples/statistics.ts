// Two tasks share a crawl. Their statistics, merged, say what a filter dropped, what that looks like, and how near the threshold it was.
import {
  binEnd,
  documents,
  funnelHtml,
  gopherQuality,
  mergeStats,
  pipeline,
  type StepStats,
} from "@llm/dataset";

const sentence = "The lake lies in a valley north of the town, and the path to it starts behind the church. ";
const pages = Array.from({ length: 40 }, (_, i) => sentence.repeat(1 + (i % 8)));

async function task(rank: number): Promise<StepStats[]> {
  const mine = pages.map((text, i) => ({ id: `page ${i}`, text, meta: {} })).filter((_, i) => i % 2 === rank);
  const p = pipeline(documents(mine), gopherQuality());
  let characters = 0;
  for await (const { text } of p.docs({ statistics: { samples: 2, excerpt: 30 } })) characters += text.length;
  console.log(`task ${rank} kept ${characters} characters`);
  return p.stats();
}

const stats = mergeStats([await task(0), await task(1)]);
const { name, in: taken, out, dropped, details } = stats[1]!;
console.log(`\n${name}: ${taken} -> ${out}`, JSON.stringify(dropped));

const { histogram, thresholds } = details!.metrics["words"]!;
console.log(`\nwords, ${thresholds!.map(({ bound, value }) => `${bound} ${value}`).join(", ")}`);
for (const [from, kept, lost] of histogram) {
  console.log(`${`${from} to ${binEnd(from)}`.padEnd(12)} ${"#".repeat(kept)}${"-".repeat(lost)}`);
}

console.log("\ndropped, for example:");
for (const { id, excerpt, metric, value } of details!.samples["gopher_short_doc"]!) {
  console.log(`${id} (${metric} ${value}): ${excerpt}..`);
}

const html = funnelHtml(stats, { title: "The lake" });
console.log(`\nand all of it as one page of HTML: ${html.includes("<title>The lake</title>")}`);

// Output:
// task 0 kept 6750 characters
// task 1 kept 8100 characters
//
// gopherQuality: 40 -> 30 {"gopher_short_doc":10}
//
// words, max 100000, min 50
// 19 to 20     -----
// 38 to 40     -----
// 56 to 58     #####
// 76 to 80     #####
// 92 to 96     #####
// 112 to 116   #####
// 128 to 136   #####
// 152 to 160   #####
//
// dropped, for example:
// page 33 (words 38): The lake lies in a valley nort..
// page 24 (words 19): The lake lies in a valley nort..
//
// and all of it as one page of HTML: true
