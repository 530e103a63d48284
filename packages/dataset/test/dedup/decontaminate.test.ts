import { expect, test } from "vitest";
import { type DecontaminateOptions, decontaminate } from "../../src/dedup/decontaminate.js";
import { explain } from "../../src/explain.js";
import golden from "../golden/dedup.json" with { type: "json" };
import { numbered, run } from "./run.js";

const cases: Record<keyof typeof golden.decontamination, DecontaminateOptions> = {
  default: {},
  query: { queryNgrams: true },
  label_only: { overlapNgrams: false },
  eight: { ngram: 8, queryNgrams: true },
};

test.each(Object.entries(cases))("datatrove's decisions, n-grams and items: %s", async (name, options) => {
  const { dropped } = await run(numbered(golden.contaminatedTexts), decontaminate(golden.items, options));
  const expected = golden.decontamination[name as keyof typeof cases];
  const found = golden.contaminatedTexts.map((_, i) => dropped[i]?.value);
  expect(found).toEqual(expected.map((hit) => (hit ? `${hit[0]}: ${hit[1]}` : undefined)));
  expect(found.filter(Boolean).length).toBeGreaterThan(3);
  expect(found).toContain(undefined);
});

test("bare texts are labels, and items are called by their ids", async () => {
  const step = decontaminate(["one two three", { id: "quiz/9", label: "Four, five; SIX!" }], { ngram: 3 });
  const { dropped } = await run(
    numbered(["zero one two three", "three four five six", "one two four"]),
    step,
  );
  expect(dropped).toEqual({
    0: { reason: "contaminated", value: "0: one two three" },
    1: { reason: "contaminated", value: "quiz/9: four five six" },
  });
  const explained = await explain([step], "three four five six");
  expect(JSON.stringify(explained)).toContain("quiz/9");
});

test("an n-gram of no words is refused", () => {
  expect(() => decontaminate([], { ngram: 0 })).toThrow("ngram is 0");
});
