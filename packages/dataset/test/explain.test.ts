import { expect, test } from "vitest";
import {
  type Drop,
  exactDedup,
  explain,
  fineweb,
  gopherQuality,
  pii,
  pipeline,
  rewrite,
} from "../src/index.js";

const text = `Home
Five. Short. Sentences. Stand. Here and end the line.
- A bullet point of the page, and of no use…`;

test("tells every verdict of every step, and what the pipeline would have dropped it for", async () => {
  const p = pipeline([{ id: "a", text, meta: {} }], fineweb());
  const drops: Drop[] = [];
  for await (const _ of p.docs({ onDrop: (drop) => drops.push(drop) })) expect.unreachable();
  const { keep, dropped, steps, document } = await explain(p, { id: "a", text, meta: {} });
  expect(keep).toBe(false);
  expect(dropped).toEqual({ step: drops[0]!.step, verdict: drops[0]!.verdict });
  expect(steps.map(({ step }) => step)).toEqual(p.steps.map(({ name }) => name));
  const quality = steps.find(({ step }) => step === "gopherQuality")!;
  expect(quality.verdicts.length).toBe(10);
  expect(quality.verdicts.filter((verdict) => !verdict.keep)).toEqual([
    { keep: false, reason: "gopher_short_doc", metric: "words", value: 20, threshold: 50, bound: "min" },
    {
      keep: false,
      reason: "gopher_too_many_end_ellipsis",
      metric: "ellipsisLines",
      value: 1 / 3,
      threshold: 0.3,
      bound: "max",
    },
    {
      keep: false,
      reason: "gopher_below_alpha_threshold",
      metric: "alphabeticWords",
      value: 20 / 28,
      threshold: 0.8,
      bound: "min",
    },
  ]);
  expect(steps.filter(({ rewritten }) => rewritten).map(({ step }) => step)).toEqual(["c4Quality"]);
  expect(document.text.startsWith("Five.")).toBe(true);
  const c4 = steps.find(({ step }) => step === "c4Quality")!;
  expect(c4.changes).toEqual({
    before: text.length,
    after: document.text.length,
    lines: [{ line: 1, removed: ["Home"], added: [] }],
  });
});

test("takes one step or several, and says which need other documents", async () => {
  const one = await explain(gopherQuality({ minWords: 0, minStopWords: 0 }), "A plain enough text");
  expect(one).toMatchObject({ keep: true, steps: [{ step: "gopherQuality", keep: true, inspected: true }] });
  expect(`${one}`.split("\n")[0]).toBe("kept");
  const dedup = await explain([exactDedup()], "A text");
  expect(dedup.steps[0]).toMatchObject({ step: "exactDedup", inspected: false, verdicts: [] });
  expect(`${dedup}`).toContain("exactDedup (judges by other documents)");
});

test("the table names all that drops it, and shows what became of its lines", async () => {
  const page = "<p>One</p>\n".repeat(500);
  const steps = [
    rewrite("content", () => ({ id: "", text: "mail a@b.example\nright away", meta: {} })),
    pii(),
    gopherQuality(),
  ];
  const explanation = await explain(steps, page);
  const lines = `${explanation}`.split("\n");
  expect(lines.slice(0, 8)).toEqual([
    "dropped by gopherQuality: gopher_short_doc (words 4, min 50)",
    "      also by gopherQuality: gopher_enough_stop_words (stopWords 0, min 2)",
    "content (rewrites the text: 5500 to 27 characters)",
    "pii (rewrites the text: 27 to 33 characters)",
    "  - mail a@b.example",
    "  + mail email@example.com",
    "gopherQuality",
    "  ✗ words            4    min 50",
  ]);
  expect(explanation.steps.map(({ changes }) => changes?.lines)).toEqual([
    null,
    [{ line: 1, removed: ["mail a@b.example"], added: ["mail email@example.com"] }],
    undefined,
  ]);
  expect(JSON.parse(JSON.stringify(explanation))).toEqual({ ...explanation, toString: undefined });
});

test("of many changed lines the table shows the first, of another text none", async () => {
  const short = rewrite("short", (document) => ({
    ...document,
    text: document.text.replace(/^\w+$\n?/gm, ""),
  }));
  const lines = Array.from({ length: 12 }, (_, i) => `${"b".repeat(100 + i)}`);
  const table = `${await explain(short, [...lines, "the end"].join("\n"))}`.split("\n");
  expect(table.slice(2)).toEqual([
    `  - ${"b".repeat(100)}`,
    ...Array(7).fill(`  - ${"b".repeat(99)}…`),
    "  … 4 more lines",
  ]);
  const shout = rewrite("shout", (document) => ({ ...document, text: document.text.toUpperCase() }));
  const { steps } = await explain(shout, "a\nb\nc\nd\ne\nf");
  expect(steps[0]!.changes).toEqual({ before: 11, after: 11, lines: null });
});
