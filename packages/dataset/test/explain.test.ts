import { expect, test } from "vitest";
import { type Drop, exactDedup, explain, fineweb, gopherQuality, pipeline } from "../src/index.js";

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
});

test("takes one step or several, and says which need other documents", async () => {
  const one = await explain(gopherQuality({ minWords: 0, minStopWords: 0 }), "A plain enough text");
  expect(one).toMatchObject({ keep: true, steps: [{ step: "gopherQuality", keep: true, inspected: true }] });
  expect(`${one}`.split("\n")[0]).toBe("kept");
  const dedup = await explain([exactDedup()], "A text");
  expect(dedup.steps[0]).toMatchObject({ step: "exactDedup", inspected: false, verdicts: [] });
  expect(`${dedup}`).toContain("exactDedup (judges by other documents)");
});
