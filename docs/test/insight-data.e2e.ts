import { type Document, minhashDedup, pii, pipeline, type Step } from "@llm/dataset";
import { expect, test } from "vitest";
import { LIMITS, type Limits } from "../insight/engine/data/limits.js";
import { judgingSteps } from "../insight/engine/data/steps.js";
import { Survey } from "../insight/engine/data/survey.js";
import { pages } from "../models/pages/pages.js";

/** What a run of the pipeline itself does. */
async function rerun(limits: Limits, documents: readonly Document[] = pages()) {
  const steps: Step[] = [...judgingSteps(limits), minhashDedup(), pii()];
  const run = pipeline(documents, ...steps);
  const dropped = new Map<string, { step: string; reason: string; value: unknown; threshold: unknown }>();
  const kept = [];
  const onDrop: NonNullable<Parameters<typeof run.docs>[0]>["onDrop"] = ({ step, document, verdict }) => {
    const { reason, value, threshold } = verdict;
    dropped.set(document.id, { step, reason, value, threshold });
  };
  for await (const { id } of run.docs({ onDrop })) kept.push(id);
  const funnel = run.stats().map(({ name, in: taken, out, dropped }) => ({ name, in: taken, out, dropped }));
  return { dropped, kept, funnel };
}

/** Thresholds of each kind, that keep more and that keep less; each limit by itself in `test:long`. */
const moves: readonly Limits[] = [
  {},
  ...(import.meta.env.MODE === "long" ? LIMITS : []).flatMap(({ name, usual, whole }) =>
    [usual * 0.4, usual * 1.7].map((value) => ({ [name]: whole ? Math.round(value) : value })),
  ),
  { minWords: 45, maxSymbols: 0.3, minStopWords: 0, minTerminalLines: 0, minAlphabeticWords: 0.5 },
  { languageScore: 0, duplicate5grams: 1, top2gram: 1, top3gram: 1, top4gram: 1, minSentences: 13 },
];

test("documents that are judged by moved thresholds are those that a rerun drops and keeps", async () => {
  const documents = pages();
  const survey = await Survey.of(documents, []);
  const kept = new Set<number>();
  for (const limits of moves) {
    const { fates, funnel } = await survey.judge(limits);
    const run = await rerun(limits);
    const words = JSON.stringify(limits);
    expect(funnel.slice(1), words).toEqual(run.funnel.slice(1));
    expect(funnel[0]!.out, words).toBe(documents.length);
    for (const [at, { id }] of documents.entries()) {
      const { step, reason, value, threshold } = fates[at] ?? {};
      expect(fates[at] && { step, reason, value, threshold }, `${words}, ${id}`).toEqual(run.dropped.get(id));
    }
    kept.add(run.kept.length);
  }
  // The pages tell thresholds apart, or the test would say nothing.
  expect(kept.size).toBeGreaterThan(5);
  const { funnel } = await rerun({});
  expect(new Set(funnel.flatMap(({ dropped }) => Object.keys(dropped))).size).toBeGreaterThanOrEqual(12);
});
