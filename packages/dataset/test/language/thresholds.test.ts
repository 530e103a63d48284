import { expect, test } from "vitest";
import {
  type Drop,
  deriveThresholds,
  explain,
  Fineweb2ConfigError,
  fineweb2Thresholds,
  finewebMultilingual,
  type LanguageThresholds,
  NoTextsError,
  pipeline,
  segmentWords,
} from "../../src/index.js";

const NOUNS =
  "people town lake lunch friend valley church boat island keeper hour summer visitor chapel path shore".split(
    " ",
  );
let state = 1;
const pick = (words: readonly string[]) => {
  state = (state * 48271) % 0x7fffffff;
  return words[state % words.length]!;
};
const english = Array.from({ length: 40 }, () => {
  const line = () =>
    Array.from({ length: 12 }, () =>
      pick(pick(["a", "b"]) === "a" ? NOUNS : ["the", "of", "and", "to"]),
    ).join(" ");
  return Array.from({ length: 6 }, () => `The ${line()}.`).join("\n");
});
/** The same with longer words, half of whose lines end in nothing. */
const longer = english.map((text) =>
  text.replaceAll(/[a-z]{4,}/g, (word) => word + word + word).replaceAll(/\.\n(?=The [b-m])/g, "\n"),
);

const config = {
  dup_line_frac: 0.3,
  dup_n_grams: [
    [5, 0.5],
    [6, 0.5],
  ],
  language_score: 0.8,
  line_punct_thr: 0.1,
  max_avg_word_length: 12,
  max_non_alpha_words_ratio: 0.7,
  min_avg_word_length: 2,
  new_line_ratio: 0.2,
  stopwords: ["der", "und"],
  top_n_grams: [[2, 0.4]],
};

test("Unicode's segmentation cuts words where no spaces do", () => {
  expect(segmentWords("zh")("我们去湖边。")).toContain("我们");
  expect(segmentWords("th")("ฉันไปทะเลสาบ ").length).toBeGreaterThan(2);
  expect(segmentWords("de")("Der See, am\n Morgen.")).toEqual(["Der", "See", ",", "am", "Morgen", "."]);
});

test("a configuration of FineWeb-2 becomes thresholds, and a broken one is named", () => {
  expect(fineweb2Thresholds(config)).toEqual({
    languageScore: 0.8,
    duplicateLines: 0.3,
    topNgrams: { 2: 0.4 },
    duplicateNgrams: { 5: 0.5, 6: 0.5 },
    minTerminalLines: 0.1,
    maxNewlines: 0.2,
    minWordLength: 2,
    maxWordLength: 12,
    minAlphabeticWords: 0.7,
    stopWords: ["der", "und"],
  } satisfies LanguageThresholds);
  expect(() => fineweb2Thresholds({ ...config, stopwords: "der" })).toThrow(Fineweb2ConfigError);
  expect(() => fineweb2Thresholds({ ...config, top_n_grams: [[2]] })).toThrow('"top_n_grams" is [[2]]');
});

test("each language is judged by its own thresholds and score", async () => {
  const identifier = {
    identify: (text: string) => ({ language: text.startsWith("The") ? "en" : "de", score: 0.75 }),
  };
  const thresholds = fineweb2Thresholds(config);
  const steps = finewebMultilingual(
    { en: { ...thresholds, languageScore: 0.7, stopWords: ["the", "of", "The"] }, de: thresholds },
    { identifier },
  ).filter(({ name }) => name !== "extract");
  const drops: Drop[] = [];
  const kept: string[] = [];
  let letters = 300;
  const wordy = english[1]!.replaceAll(/people|town|lake|lunch/g, () => "w".repeat(letters++));
  const source = [english[1]!, wordy, "Der See"];
  for await (const { id } of pipeline(
    source.map((text, i) => ({ id: `${i}`, text, meta: {} })),
    steps,
  ).docs({
    onDrop: (drop) => drops.push(drop),
  })) {
    kept.push(id);
  }
  expect(kept).toEqual(["0"]);
  expect(drops.map(({ step, verdict }) => [step, verdict.reason])).toEqual([
    ["byLanguage", "gopher_above_avg_threshold"],
    ["language", "language"],
  ]);
  const { steps: found } = await explain(steps, english[1]!);
  expect(found.at(-1)?.verdicts.find(({ metric }) => metric === "stopWords")?.threshold).toBe(2);
});

test("thresholds follow the quantiles of English", async () => {
  const same = await deriveThresholds({ language: "en", texts: english, english });
  const found = await deriveThresholds({ language: "de", texts: longer, english });
  expect(found.maxWordLength).toBeGreaterThan(1.5 * same.maxWordLength);
  expect(found.minTerminalLines).toBeLessThan(same.minTerminalLines);
  expect(found.stopWords).toEqual(expect.arrayContaining(["The", "the", "of"]));
  expect(found.stopWords.length).toBeGreaterThanOrEqual(8);
  const steps = finewebMultilingual(
    { de: found },
    { identifier: { identify: () => ({ language: "de", score: 1 }) } },
  );
  const filters = steps.filter(({ name }) => name !== "extract");
  let kept = 0;
  for await (const _ of pipeline(
    longer.map((text, i) => ({ id: `${i}`, text, meta: {} })),
    filters,
  ).docs())
    kept++;
  expect(kept).toBe(longer.length);
  await expect(deriveThresholds({ language: "de", texts: [], english })).rejects.toThrow(NoTextsError);
});
