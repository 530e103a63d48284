import { expect, test } from "vitest";
import { lineDedup, type SentenceDedupOptions, sentenceDedup } from "../../src/dedup/sentences.js";
import golden from "../golden/dedup.json" with { type: "json" };
import { numbered, run } from "./run.js";

const cases: Record<keyof typeof golden.sentences, SentenceDedupOptions> = {
  default: {},
  kept_short: { minWords: 0, minSentences: 0 },
  two: { span: 2, minWords: 20, minSentences: 2 },
  lines: { span: 1, unit: "line", minWords: 0, minSentences: 0 },
};

test.each(Object.entries(cases))("datatrove's decisions and texts: %s", async (name, options) => {
  const { kept } = await run(numbered(golden.sentenceTexts), sentenceDedup(options));
  const expected: Record<string, string> = golden.sentences[name as keyof typeof cases];
  expect(kept).toEqual(expected);
  expect(Object.entries(expected).some(([id, text]) => text !== golden.sentenceTexts[Number(id)])).toBe(true);
});

test("lines are those of spans of one line", async () => {
  const { kept, dropped } = await run(numbered(golden.sentenceTexts), lineDedup());
  expect(kept).toEqual(golden.sentences.lines);
  expect(new Set(Object.values(dropped).map(({ reason }) => reason))).toEqual(new Set(["nothing_left"]));
});

test("within a document, lines of others do not count", async () => {
  const texts = ["menu\nfirst\nmenu\n\nlast\n", "menu\nother"];
  const { kept } = await run(numbered(texts), lineDedup({ scope: "document" }));
  expect(kept).toEqual({ 0: "menu\nfirst\n\nlast", 1: "menu\nother" });
});

test("what is too short after its loss is dropped with what was left of it", async () => {
  const span = "One line here. Two lines there. Three lines in all.";
  const { dropped } = await run(numbered([span, `${span} A rest.`, span]), sentenceDedup());
  expect(dropped).toEqual({
    1: { reason: "too_few_words_left", value: 3 },
    2: { reason: "nothing_left", value: 0 },
  });
});
