import { expect, test } from "vitest";
import { testMistakes } from "../../../../.config/mistakes.js";
import {
  byLanguage,
  type Document,
  type Drop,
  explain,
  filter,
  gopherQuality,
  minhashDedup,
  OptionsError,
  pipeline,
  rewrite,
  type Step,
} from "../../src/index.js";

const short = filter("short", ({ text }) =>
  text.length < 9
    ? { keep: true }
    : { keep: false, reason: "long", metric: "length", value: text.length, threshold: 8 },
);
const shout = rewrite("shout", (document) => ({ ...document, text: document.text.toUpperCase() }));
/** Passes on all of its documents at the end, the last first. */
const reverse: Step = {
  name: "reverse",
  async *transform(documents) {
    const all: Document[] = [];
    for await (const document of documents) all.unshift(document);
    yield* all;
  },
};
/** Passes on every document twice. */
const twice: Step = {
  name: "twice",
  async *transform(documents) {
    for await (const document of documents) yield* [document, document];
  },
};

const documents = ["de ab", "en cd", "fr ef", "de a long text", "de gh", "en ij", "kl"].map((item, i) => {
  const [language, text] = item.includes(" ") ? [item.slice(0, 2), item.slice(3)] : [undefined, item];
  return { id: `${i}`, text, meta: language ? { language } : {} };
});

async function run(step: Step) {
  const drops: Drop[] = [];
  const texts: string[] = [];
  const p = pipeline(documents, step);
  for await (const { text } of p.docs({ onDrop: (drop) => drops.push(drop) })) texts.push(text);
  return {
    texts,
    drops: drops.map(({ document, verdict }) => [document.text, verdict.reason]),
    stats: p.stats()[1],
  };
}

test("each language has its steps, in the order the documents come", async () => {
  const { texts, drops, stats } = await run(byLanguage({ de: [short, shout], en: twice }));
  expect(texts).toEqual(["AB", "cd", "cd", "GH", "ij", "ij"]);
  expect(drops).toEqual([
    ["ef", "language"],
    ["a long text", "long"],
    ["kl", "language"],
  ]);
  expect(stats).toMatchObject({ in: 7, out: 6, dropped: { language: 2, long: 1 } });
});

test("what steps keep back comes at the end", async () => {
  expect((await run(byLanguage({ de: reverse, en: shout }))).texts).toEqual([
    "CD",
    "IJ",
    "gh",
    "a long text",
    "ab",
  ]);
  expect((await run(byLanguage({ de: minhashDedup(), en: [] }))).texts.sort()).toEqual([
    "a long text",
    "ab",
    "cd",
    "gh",
    "ij",
  ]);
});

test("an error in a step, or a reader that stops, ends them all", async () => {
  let closed = 0;
  const closing: Step = {
    name: "closing",
    async *transform(stream) {
      try {
        yield* stream;
      } finally {
        closed++;
      }
    },
  };
  const broken = filter("broken", () => {
    throw new Error("broken");
  });
  await expect(run(byLanguage({ de: closing, en: broken }))).rejects.toThrow("broken");
  expect(closed).toBe(1);
  for await (const _ of pipeline(documents, byLanguage({ de: closing, en: closing })).docs()) break;
  expect(closed).toBe(2);
});

test("explain shows the checks of the document's language", async () => {
  const step = byLanguage({ de: [short, shout] });
  const { keep, document } = await explain(step, documents[0]!);
  expect([keep, document.text]).toEqual([true, "AB"]);
  expect((await explain(step, documents[3]!)).dropped?.verdict.reason).toBe("long");
  expect((await explain(step, documents[1]!)).dropped?.verdict.reason).toBe("language");
});

testMistakes(OptionsError, [
  [
    "byLanguage",
    () => byLanguage({ en: short, de: gopherQuality as never }),
    "a step of byLanguage for de is the function gopherQuality, which has no transform(): call it: gopherQuality(..)",
  ],
  [
    "byLanguage",
    () => byLanguage({ de: [short, false as never] }),
    "for de is false, which has no transform(): leave such",
  ],
  ["byLanguage", () => byLanguage({ de: Promise.resolve(short) as never }), "wait for it with await"],
  ["byLanguage", () => byLanguage({}), "steps of byLanguage is empty"],
  ["byLanguage", () => byLanguage("en" as never), 'steps of byLanguage is "en"'],
  ["byLanguage", () => byLanguage([short] as never), "steps of byLanguage is"],
]);
