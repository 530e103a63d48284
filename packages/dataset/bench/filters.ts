// Megabytes a second through the filters, on one core. Give a text file, or the articles of the extraction benchmark are used.
import { existsSync, readFileSync } from "node:fs";
import {
  c4Quality,
  finewebQuality,
  gopherQuality,
  gopherRepetition,
  language,
  pii,
  pipeline,
  type Step,
} from "@llm/dataset";
import { lid176 } from "@llm/dataset/node";

const data = process.env["LLM_DATA"] ?? new URL("../../../../shared/data", import.meta.url).pathname;
const file = process.argv[2] ?? `${data}/article-extraction/ground-truth.json`;
if (!existsSync(file)) throw new Error(`There is no file ${file}: give one, or set LLM_DATA`);
const content = readFileSync(file, "utf8");
const texts: string[] = file.endsWith(".json")
  ? Object.values<{ articleBody: string }>(JSON.parse(content)).map(({ articleBody }) => articleBody)
  : content.split(/\n{4,}/);
const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;

async function measure(name: string, steps: Step[], rounds = 5): Promise<void> {
  const seconds: number[] = [];
  let kept = 0;
  for (let round = 0; round <= rounds; round++) {
    kept = 0;
    const start = performance.now();
    const p = pipeline(
      texts.map((text, i) => ({ id: `${i}`, text, meta: {} })),
      ...steps,
    );
    for await (const _ of p.docs()) kept++;
    if (round > 0) seconds.push((performance.now() - start) / 1000); // the first round warms up
  }
  const median = seconds.sort((a, b) => a - b)[rounds >> 1]!;
  console.log(
    `${name.padEnd(20)} ${(megabytes / median).toFixed(1).padStart(6)} MB/s   ${kept} of ${texts.length} kept`,
  );
}

console.log(`${texts.length} texts, ${megabytes.toFixed(2)} MB, Node ${process.version}, one core`);
await measure("language, lid.176", [language(["en"], { identifier: lid176() })]);
for (const step of [
  language(["en"]),
  gopherRepetition(),
  gopherQuality(),
  c4Quality(),
  finewebQuality(),
  pii(),
]) {
  await measure(step.name, [step]);
}
const quality = [gopherRepetition(), gopherQuality(), c4Quality(), finewebQuality()];
await measure("the four of quality", quality);
await measure("all", [language(["en"]), ...quality, pii()]);
