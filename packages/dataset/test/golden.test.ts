import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { c4Quality } from "../src/filters/c4-quality.js";
import { type UrlLists, urlFilter } from "../src/filters/url-filter.js";
import { fineweb2Thresholds, multilingualFilters } from "../src/language/thresholds.js";
import { lid176 } from "../src/node/lid176.js";
import { readPunkt } from "../src/node/punkt.js";
import { type PiiOptions, pii } from "../src/pii.js";
import { pipeline } from "../src/pipeline.js";
import { datatrove010, fineweb2024 } from "../src/presets.js";
import type { Step } from "../src/step.js";
import { nltkWords } from "../src/text/nltk-words.js";
import { punktSentences } from "../src/text/punkt.js";
import { sentences, words } from "../src/text/words.js";

/** What datatrove decided on a text: a reason or null by step, hashes of rewritten texts. See golden/make.py. */
type Decisions = Record<string, unknown>;
type Parts = [piece: string, times: number][];

const golden = (name: string) => readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8");
const lines = (name: string) =>
  golden(name)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const sha = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);
const whole = (parts: Parts) => parts.map(([piece, times]) => piece.repeat(times)).join("");

async function run(step: Step, text: string, meta = {}) {
  let reason: string | null = null;
  const p = pipeline([{ id: "", text, meta }], step);
  for await (const document of p.docs({ onDrop: ({ verdict }) => (reason = verdict.reason) })) {
    return { reason: null, text: document.text };
  }
  return { reason, text: null };
}

/** Decides as the golden scripts do, with the steps of a preset. */
function decider(
  presetSteps: readonly Step[],
  options: PiiOptions,
  terminal: Step = c4Quality({ terminalPunctuation: true }),
): (text: string) => Promise<Decisions> {
  const step = (name: string) => presetSteps.find((each) => each.name === name)!;
  const steps = {
    gopher_repetition: step("gopherRepetition"),
    gopher_quality: step("gopherQuality"),
    c4_quality: step("c4Quality"),
    c4_quality_terminal: terminal,
    fineweb_quality: step("finewebQuality"),
  };
  return async (text) => {
    const found: Decisions = {};
    for (const [name, each] of Object.entries(steps)) {
      const result = await run(each, text);
      found[name] = result.reason;
      if (!name.startsWith("c4")) continue;
      found[`${name}_text`] = result.text === null ? null : sha(result.text);
      if (name === "c4_quality" && result.text) {
        found["fineweb_after_c4"] = (await run(steps.fineweb_quality, result.text)).reason;
      }
    }
    const { document, verdicts } = await step("language").inspect!({ id: "", text, meta: {} });
    const { language, languageScore } = document.meta;
    found["language"] = [language, languageScore, verdicts.every(({ keep }) => keep)];
    found["pii_text"] = sha((await run(pii(options), text)).text ?? "");
    return found;
  };
}

/** Scores are compared to five decimals: fastText adds in another order. */
function expectDecisions(found: Decisions, expected: Decisions, message: string): void {
  const [language, score, keep] = expected["language"] as [string, number, boolean];
  const close = expect.closeTo(score, 5);
  expect(found, message).toEqual({ ...expected, language: [language, close, keep] });
}

const identifier = lid176();
const decide2024 = decider(fineweb2024({ identifier }), { upperCaseEmails: false });
const decideSteps = decider(datatrove010({ identifier }), {});
const decide010 = async (text: string) => {
  const cut = words(text);
  const counts = { words: [cut.length, sha(cut.join("\n"))], sentences: sentences(text).length };
  return { ...(await decideSteps(text)), ...counts };
};

test("words and sentences are spaCy's", () => {
  const rows = lines("tokens.jsonl");
  for (const [text, expectedWords, expectedSentences] of rows) {
    expect(words(text), JSON.stringify(text)).toEqual(expectedWords);
    expect(sentences(text), JSON.stringify(text)).toEqual(expectedSentences);
  }
  expect(rows.length).toBeGreaterThan(800);
});

const cases: [Parts, Decisions][] = lines("cases.jsonl");
const old: {
  cases: Decisions[];
  extra: [Parts, Decisions][];
  urls: (string | null)[];
  pages: Record<string, Decisions>;
  langid: Record<string, Decisions>;
} = JSON.parse(golden("fineweb2024.json"));

test("every filter decides as datatrove 0.10 does on generated texts", async () => {
  const reasons = new Set<string>();
  for (const [parts, expected] of cases) {
    expectDecisions(await decide010(whole(parts)), expected, JSON.stringify(parts));
    for (const name of Object.keys(expected)) {
      if (!/text|words|sentences|language|after/.test(name)) reasons.add(`${name}: ${expected[name]}`);
    }
  }
  expect(reasons.size).toBeGreaterThanOrEqual(39);
});

test("every filter decides as datatrove 0.2 does on generated texts", async () => {
  const rows = [...cases.map(([parts], i) => [parts, old.cases[i]!] as const), ...old.extra];
  let different = 0;
  for (const [parts, expected] of rows) {
    const text = whole(parts);
    expectDecisions(await decide2024(text), expected, JSON.stringify(parts));
    different += Number(JSON.stringify(await decideSteps(text)) !== JSON.stringify(await decide2024(text)));
  }
  expect(different).toBeGreaterThan(50);
});

test("URLs are judged as both versions of datatrove judge them", async () => {
  const [lists, ...rows] = lines("urls.jsonl") as [UrlLists, ...[string, string | null][]];
  const step = urlFilter({ lists });
  for (const [url, expected] of rows) {
    expect((await run(step, "", { url })).reason, url).toBe(expected);
  }
  expect(old.urls).toEqual(rows.map(([, expected]) => expected));
});

const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const truth = `${data}/article-extraction/ground-truth.json`;
if (!existsSync(truth)) console.log(`Skipped: the benchmark's pages are not at ${truth}; set LLM_DATA`);

test.skipIf(!existsSync(truth))("every filter decides as both versions do on real articles", async () => {
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
    const judged = url ? { url: (await run(byUrl, "", { url })).reason } : {};
    expectDecisions({ ...(await decide010(articleBody)), ...judged }, expected[id]!, id);
    expectDecisions({ ...(await decide2024(articleBody)), ...judged }, old.pages[id]!, id);
  }
});

const sentencesFolder = `${data}/langid`;
if (!existsSync(sentencesFolder)) console.log(`Skipped: no sentences at ${sentencesFolder}; set LLM_DATA`);

/** What make.py joins of the sentences under this id. */
function joined(id: string): string {
  const read = (name: string) =>
    readFileSync(`${sentencesFolder}/${name}.txt`, "utf8").split("\n").filter(Boolean);
  const [one, two] = id.split(" ") as [string, string];
  const lines = /\d/.test(two)
    ? read(one).slice(Number(two), Number(two) + 10)
    : [0, 1, 2, 3, 4].flatMap((i) => [read(one)[i]!, read(two)[i]!]);
  return lines.join("\n");
}

test.skipIf(!existsSync(sentencesFolder))(
  "every filter decides as both versions do in 28 languages",
  async () => {
    const expected: Record<string, Decisions> = JSON.parse(golden("langid.json"));
    for (const [id, decisions] of Object.entries(expected)) {
      expectDecisions(await decide010(joined(id)), decisions, id);
      expectDecisions(await decide2024(joined(id)), old.langid[id]!, id);
    }
    expect(Object.keys(expected).length).toBeGreaterThan(180);
  },
);

type Reasons = (string | null)[];
const byThresholds: {
  config: Record<string, unknown>;
  cases: Reasons[];
  langid: Record<string, Reasons>;
} = JSON.parse(golden("thresholds.json"));
const filters = multilingualFilters("en", { ...fineweb2Thresholds(byThresholds.config), words: "english" });
const reasonsOf = (text: string) => Promise.all(filters.map(async (step) => (await run(step, text)).reason));

test("thresholds of FineWeb-2's shape decide as datatrove does with them", async () => {
  const seen = new Set<string | null>();
  for (const [i, [parts]] of cases.entries()) {
    const reasons = await reasonsOf(whole(parts));
    expect(reasons, JSON.stringify(parts)).toEqual(byThresholds.cases[i]);
    for (const reason of reasons) seen.add(reason);
  }
  expect(seen.size).toBeGreaterThanOrEqual(15);
});

test.skipIf(!existsSync(sentencesFolder))("and they do so in 28 languages", async () => {
  for (const [id, expected] of Object.entries(byThresholds.langid)) {
    expect(await reasonsOf(joined(id)), id).toEqual(expected);
  }
});

test("words and sentences are NLTK's, by parameters of its trainer", async () => {
  const punkt = await readPunkt(fileURLToPath(new URL("golden/punkt", import.meta.url)));
  const cut = { sentences: punktSentences(punkt), words: nltkWords(punkt) };
  const rows = lines("punkt.jsonl");
  for (const [text, expectedSentences, expectedWords] of rows) {
    expect(cut.sentences(text), JSON.stringify(text)).toEqual(expectedSentences);
    expect(cut.words(text), JSON.stringify(text)).toEqual(expectedWords);
  }
  expect(rows.length).toBeGreaterThan(1500);
});

const punktFolder = process.env["LLM_PUNKT"];
if (!punktFolder) console.log("Skipped: FineWeb's own words; set LLM_PUNKT to NLTK's punkt_tab/english");

test.skipIf(!punktFolder || !existsSync(truth) || !existsSync(sentencesFolder))(
  "every filter decides as datatrove 0.2 does on the words of NLTK's English model",
  async () => {
    const punkt = await readPunkt(punktFolder!);
    const terminal = c4Quality({ terminalPunctuation: true, cutSentences: punktSentences(punkt) });
    const decide = decider(fineweb2024({ identifier, punkt }), { upperCaseEmails: false }, terminal);
    const otherwise = JSON.parse(golden("fineweb2024-punkt.json"));
    const articles: Record<string, { articleBody: string }> = JSON.parse(readFileSync(truth, "utf8"));
    const rows: [group: string, id: string | number, text: string, plain: Decisions][] = [
      ...cases.map(([parts], i) => ["cases", i, whole(parts), old.cases[i]!] as const),
      ...old.extra.map(([parts, plain], i) => ["extra", i, whole(parts), plain] as const),
      ...Object.entries(articles).map(([id, a]) => ["pages", id, a.articleBody, old.pages[id]!] as const),
      ...Object.entries(old.langid).map(([id, plain]) => ["langid", id, joined(id), plain] as const),
    ].map((row) => [...row]);
    for (const [group, id, text, plain] of rows) {
      const { url, ...expected } = otherwise[group][id] ?? plain;
      expectDecisions(await decide(text), expected, `${group} ${id}`);
    }
  },
);
