import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { c4Quality } from "../src/filters/c4-quality.js";
import { finewebQuality } from "../src/filters/fineweb-quality.js";
import { gopherQuality } from "../src/filters/gopher-quality.js";
import { gopherRepetition } from "../src/filters/gopher-repetition.js";
import { type UrlLists, urlFilter } from "../src/filters/url-filter.js";
import { pii } from "../src/pii.js";
import { pipeline } from "../src/pipeline.js";
import type { Step } from "../src/step.js";
import { sentences, words } from "../src/text/words.js";

/** What datatrove decided on a text: a reason or null by step, hashes of rewritten texts. See golden/make.py. */
type Decisions = Record<string, unknown> & { words: [number, string]; sentences: number };

const golden = (name: string) => readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8");
const lines = (name: string) =>
  golden(name)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const sha = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

async function run(
  step: Step,
  text: string,
  meta = {},
): Promise<{ reason: string | null; text: string | null }> {
  let reason: string | null = null;
  const p = pipeline([{ id: "", text, meta }], step);
  for await (const document of p.docs({ onDrop: ({ verdict }) => (reason = verdict.reason) })) {
    return { reason: null, text: document.text };
  }
  return { reason, text: null };
}

const steps = {
  gopher_repetition: gopherRepetition(),
  gopher_quality: gopherQuality(),
  c4_quality: c4Quality(),
  c4_quality_terminal: c4Quality({ terminalPunctuation: true }),
  fineweb_quality: finewebQuality(),
};

async function decide(text: string): Promise<Decisions> {
  const found: Record<string, unknown> = {};
  for (const [name, step] of Object.entries(steps)) {
    const result = await run(step, text);
    found[name] = result.reason;
    if (!name.startsWith("c4")) continue;
    found[`${name}_text`] = result.text === null ? null : sha(result.text);
    if (name === "c4_quality" && result.text) {
      found["fineweb_after_c4"] = (await run(steps.fineweb_quality, result.text)).reason;
    }
  }
  found["pii_text"] = sha((await run(pii(), text)).text ?? "");
  const cut = words(text);
  return { ...found, words: [cut.length, sha(cut.join("\n"))], sentences: sentences(text).length };
}

test("words and sentences are spaCy's", () => {
  const rows = lines("tokens.jsonl");
  for (const [text, expectedWords, expectedSentences] of rows) {
    expect(words(text), JSON.stringify(text)).toEqual(expectedWords);
    expect(sentences(text), JSON.stringify(text)).toEqual(expectedSentences);
  }
  expect(rows.length).toBeGreaterThan(800);
});

test("every filter decides as datatrove does on generated texts", async () => {
  const reasons = new Set<string>();
  for (const [parts, expected] of lines("cases.jsonl")) {
    const text = parts.map(([piece, times]: [string, number]) => piece.repeat(times)).join("");
    expect(await decide(text), JSON.stringify(parts)).toEqual(expected);
    for (const name of Object.keys(steps)) reasons.add(`${name}: ${expected[name]}`);
  }
  expect(reasons.size).toBeGreaterThanOrEqual(39);
});

test("URLs are judged as datatrove judges them", async () => {
  const [lists, ...rows] = lines("urls.jsonl") as [UrlLists, ...[string, string | null][]];
  const step = urlFilter({ lists });
  for (const [url, expected] of rows) {
    expect((await run(step, "", { url })).reason, url).toBe(expected);
  }
});

const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const truth = `${data}/article-extraction/ground-truth.json`;
if (!existsSync(truth)) console.log(`Skipped: the benchmark's pages are not at ${truth}; set LLM_DATA`);

test.skipIf(!existsSync(truth))("every filter decides as datatrove does on real articles", async () => {
  const expected: Record<string, Decisions> = JSON.parse(golden("pages.json"));
  const articles: Record<string, { articleBody: string; url?: string }> = JSON.parse(
    readFileSync(truth, "utf8"),
  );
  const list = (name: string) => readFileSync(`${data}/url-lists/${name}.txt`, "utf8").split("\n");
  const byUrl = urlFilter({
    lists: {
      words: list("banned_words"),
      subwords: list("banned_subwords"),
      softWords: list("soft_banned_words"),
    },
  });
  expect(Object.keys(articles).sort()).toEqual(Object.keys(expected).sort());
  for (const [id, { articleBody, url }] of Object.entries(articles)) {
    const found = await decide(articleBody);
    if (url) found["url"] = (await run(byUrl, "", { url })).reason;
    expect(found, id).toEqual(expected[id]);
  }
});
