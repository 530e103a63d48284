import { expect, test } from "vitest";
import { Clusters } from "../../src/minhash/clusters.js";
import { type DuplicatePair, minhashDedup } from "../../src/minhash/dedup.js";
import { documents, pipeline } from "../../src/pipeline.js";
import type { Step } from "../../src/step.js";
import golden from "../golden/minhash.json" with { type: "json" };

async function run(texts: readonly string[], step: Step) {
  const dropped: Record<string, unknown> = {};
  const kept: string[] = [];
  const running = pipeline(documents(texts), step);
  for await (const { id } of running.docs({
    onDrop: ({ document, verdict }) => (dropped[document.id] = verdict.value),
  })) {
    kept.push(id);
  }
  return { kept, dropped, stats: running.stats()[1]! };
}

test("clusters keep the documents that datatrove's filter keeps, over the same pairs", async () => {
  const pairs: DuplicatePair[] = [];
  const { kept, dropped } = await run(
    golden.corpus,
    minhashDedup({ policy: "datatrove", onPair: (pair) => pairs.push(pair) }),
  );
  expect(pairs.map((pair) => [Number(pair.duplicateOf), Number(pair.id), pair.bucket])).toEqual(golden.pairs);
  expect(Object.keys(dropped).map(Number)).toEqual(golden.removed);
  expect(kept).toHaveLength(golden.corpus.length - golden.removed.length);
  for (const value of Object.values(dropped)) expect(kept).toContain(value);
});

test("streaming keeps what resembles nothing before it, and says which document each duplicate repeats", async () => {
  const pairs: DuplicatePair[] = [];
  const { kept, dropped } = await run(golden.corpus, minhashDedup({ onPair: (pair) => pairs.push(pair) }));
  const joined = new Clusters(golden.corpus.length);
  for (const [a, b] of golden.pairs) joined.join(a!, b!);
  const cluster = golden.corpus.map((_, i) => joined.root(i));
  expect(new Set(kept.map((id) => cluster[Number(id)]))).toEqual(new Set(cluster));
  for (const [id, original] of Object.entries(dropped)) {
    expect(Number(original)).toBeLessThan(Number(id));
    expect(kept).toContain(original);
    expect(cluster[Number(original)]).toBe(cluster[Number(id)]);
  }
  const paired = new Set(pairs.map((pair) => pair.id));
  expect([...paired].sort()).toEqual(Object.keys(dropped).sort());
  for (const { id, duplicateOf } of pairs) expect(Number(duplicateOf)).toBeLessThan(Number(id));
});

test("streaming: a document leaves before the next is read", async () => {
  const read: number[] = [];
  async function* source() {
    for (let i = 0; i < 3; i++) {
      read.push(i);
      yield golden.corpus[i]!;
    }
  }
  const running = pipeline(documents(source()), minhashDedup());
  for await (const _ of running.docs()) break;
  expect(read).toEqual([0]);
});

test("texts shorter than a shingle pass, however alike", async () => {
  expect((await run(["a b", "a b"], minhashDedup())).kept).toEqual(["0", "1"]);
});

test("runs of a step do not know each other", async () => {
  const step = minhashDedup();
  const text = "one two three four five six seven";
  expect((await run([text], step)).kept).toEqual(["0"]);
  expect((await run([text, text], step)).dropped).toEqual({ 1: "0" });
});

const alike = (words: number) =>
  `${"one two three four five six seven eight nine ten ".repeat(9)}${"more ".repeat(words)}`;

test.each([
  ["first", ["0"]],
  ["longest", ["1"]],
  [{ priority: "rank" }, ["2"]],
  [{ priority: ({ text }: { text: string }) => -text.length }, ["0"]],
] as const)("of a cluster the policy %j keeps its one", async (policy, expected) => {
  const step = minhashDedup({ policy });
  const items = [3, 5, 5, 4].map((words, i) => ({
    id: `${i}`,
    text: alike(words),
    meta: { rank: i === 2 ? 9 : i },
  }));
  const dropped: unknown[] = [];
  const kept: string[] = [];
  for await (const { id } of pipeline(items, step).docs({
    onDrop: ({ verdict }) => dropped.push(verdict.value),
  })) {
    kept.push(id);
  }
  expect(kept).toEqual(expected);
  expect(dropped).toEqual([...expected, ...expected, ...expected]);
});

test("a priority that is no number is an error that names the document", async () => {
  const step = minhashDedup({ policy: { priority: "rank" } });
  await expect(run(["a b c d e f"], step)).rejects.toThrow('the priority of document "0" is undefined');
});

test("clusters join over chains, the smaller to the larger", () => {
  const clusters = new Clusters(6);
  for (const [a, b] of [
    [0, 1],
    [2, 3],
    [3, 1],
  ] as const)
    clusters.join(a, b);
  expect([0, 1, 2, 3, 4, 5].map((i) => clusters.root(i))).toEqual([2, 2, 2, 2, 4, 5]);
  expect([0, 3, 5].map((i) => clusters.size(i))).toEqual([4, 4, 1]);
  clusters.join(5, 0);
  expect(clusters.root(5)).toBe(2);
});
