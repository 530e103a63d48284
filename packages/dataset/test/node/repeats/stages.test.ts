import { appendFileSync, existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exactDedup, urlDedup } from "../../../src/dedup/exact.js";
import type { SentenceDedupOptions } from "../../../src/dedup/sentences.js";
import type { Document } from "../../../src/document.js";
import { DedupFileError, InputChangedError } from "../../../src/node/dedup/errors.js";
import { exactDedupStages, sentenceDedupStages } from "../../../src/node/repeats/stages.js";
import { type Drop, pipeline } from "../../../src/pipeline.js";
import golden from "../../golden/dedup.json" with { type: "json" };
import { href, killScript } from "../kill.js";
import { filesIn, jsonlSink, runAll, runStage, written, writtenTexts } from "../run-stages.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "repeats-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tasks = 3;
const optionsOf = (all: readonly Document[]) => ({
  async *input(rank: number) {
    for (let i = rank; i < all.length; i += tasks) yield all[i]!;
  },
  tasks,
  folder: join(folder, "work"),
  output: jsonlSink(join(folder, "out")),
});

const sentences = golden.sentenceTexts.map((text, i) => ({ id: `${i}`, text, meta: {} }));
const cases: Record<keyof typeof golden.sentences, Omit<SentenceDedupOptions, "scope">> = {
  default: {},
  kept_short: { minWords: 0, minSentences: 0 },
  two: { span: 2, minWords: 20, minSentences: 2 },
  lines: { span: 1, unit: "line", minWords: 0, minSentences: 0 },
};
const rules = Object.entries(cases).flatMap(([name, options]) =>
  [1, 4].map((workers) => ({ name: name as keyof typeof cases, options, workers })),
);

test.each(rules)(
  "sentences over three tasks as datatrove: $name, $workers workers",
  async ({ name, options, workers }) => {
    const stats = await runAll(sentenceDedupStages({ ...optionsOf(sentences), ...options, workers }));
    // Documents dealt out by turns are, by position and then by rank, in their order: one task decides as three.
    const texts = Object.fromEntries([0, 1, 2].flatMap((rank) => writtenTexts(folder, rank)));
    expect(texts).toEqual(golden.sentences[name]);
    expect(stats[1]!["contents"]).toBe(stats[0]!["contents"]);
    expect(stats[1]!["repeats"]).toBeGreaterThan(20);
  },
);

const priorities = [3, -2, 0, 1e300, -0.5, 2.5, -1e300, -0, 7, Number.NEGATIVE_INFINITY];
const pages = Array.from({ length: 80 }, (_, i) => ({
  id: `${i}`,
  text: `text ${(i * 13) % 17}${" ".repeat(i % 4)}`,
  meta: {
    url: i % 9 === 4 ? undefined : `https://a.com/${(i * 7) % 23}`,
    priority: priorities[(i * 3) % 10],
  },
}));

test.each([
  ["text", "first", 1],
  ["text", "longest", 3],
  ["text", { priority: "priority" }, 2],
  ["url", "first", 5],
  ["url", "longest", 1],
  ["url", { priority: "priority" }, 1],
] as const)("by %s with the policy %j it keeps and says what the step does", async (by, policy, workers) => {
  const inRankOrder = [0, 1, 2].flatMap((rank) => pages.filter((_, i) => i % tasks === rank));
  const expected: Record<string, unknown> = {};
  const kept: string[] = [];
  const step = by === "text" ? exactDedup({ policy }) : urlDedup({ policy });
  for await (const { id } of pipeline(inRankOrder, step).docs({
    onDrop: ({ document, verdict }) => (expected[document.id] = verdict),
  })) {
    kept.push(id);
  }
  const drops: Drop[] = [];
  const onDrop = (drop: Drop) => void drops.push(drop);
  await runAll(exactDedupStages({ ...optionsOf(pages), by, policy, workers, onDrop }));
  expect([0, 1, 2].flatMap((rank) => written(folder, rank))).toEqual(kept);
  expect(Object.fromEntries(drops.map(({ document, verdict }) => [document.id, verdict]))).toEqual(expected);
  expect(drops.length).toBeGreaterThan(10);
});

test.each<[string, string, (path: string) => void, number, string]>([
  [
    "is cut",
    "contents/0000/00001.contents",
    (path) => truncateSync(path, 41),
    1,
    "run task 1 of exact-contents again",
  ],
  [
    "is not there yet",
    "documents/00002.json",
    (path) => rmSync(path),
    1,
    "run task 2 of exact-contents first",
  ],
  [
    "is missing",
    "repeats/0000",
    (path) => rmSync(path, { recursive: true }),
    2,
    "run task 0 of exact-repeats first",
  ],
  [
    "is cut",
    "repeats/0000/00001.repeats",
    (path) => appendFileSync(path, "x"),
    2,
    "run task 0 of exact-repeats again",
  ],
  [
    "is of others",
    "documents/00000.ids",
    (path) => writeFileSync(path, "x".repeat(99)),
    2,
    "the input has changed",
  ],
])("a file that %s (%s) is an error that says what to do", async (_, path, spoil, stage, message) => {
  const stages = exactDedupStages(optionsOf(pages));
  await runAll(stages);
  spoil(join(folder, "work", path));
  const running = runStage(stages[stage]!);
  await expect(running).rejects.toThrow(message);
  await expect(running).rejects.toThrow(
    stage === 2 && path.endsWith("ids") ? InputChangedError : DedupFileError,
  );
  for (const [name] of filesIn(folder)) expect(name).not.toMatch(/\.part|\.unsorted$/);
});

test("other settings than in the first stage are refused", async () => {
  await runAll(exactDedupStages(optionsOf(pages)));
  const other = exactDedupStages({ ...optionsOf(pages), by: "url" });
  await expect(other[1].run(0)).rejects.toThrow("was made with by text, which is now url");
  const sentenceStages = sentenceDedupStages(optionsOf(pages));
  await expect(sentenceStages[2].run(0)).rejects.toThrow("was made with kind exact, which is now sentences");
});

test("a stage that is stopped leaves nothing begun, and run again makes the same bytes", async () => {
  const stages = exactDedupStages({ ...optionsOf(pages), workers: 2 });
  await runAll(stages);
  const whole = filesIn(folder);
  const reason = new RangeError("enough");
  for (const stage of stages) {
    await expect(runStage(stage, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    for (const [name] of filesIn(folder)) expect(name).not.toMatch(/\.part|\.unsorted$/);
    await runStage(stage);
    expect(filesIn(folder)).toEqual(whole);
  }
});

test("a task that is killed in the middle leaves no half folder, and another run makes the same bytes", async () => {
  const stages = () => exactDedupStages(optionsOf(pages));
  await runAll(stages());
  const whole = filesIn(folder);
  const script = `
    import { exactDedupStages } from ${href("../../src/node/repeats/stages.ts")};
    const options = { tasks: ${tasks}, folder: ${JSON.stringify(join(folder, "work"))}, input() {}, output: {} };
    await runStage(exactDedupStages(options)[1], { onProgress: rest });`;
  await killScript(script, 0);
  const after = filesIn(folder);
  expect(existsSync(join(folder, "work/repeats/0000.part"))).toBe(true);
  for (const [path, bytes] of whole) expect([path, after.get(path)]).toEqual([path, bytes]);
  await runStage(stages()[1]);
  expect(filesIn(folder)).toEqual(whole);
});
