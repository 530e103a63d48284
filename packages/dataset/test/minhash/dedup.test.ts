import { expect, test } from "vitest";
import { clusters } from "../../src/minhash/clusters.js";
import { type DuplicatePair, exactDedup, minhashDedup } from "../../src/minhash/dedup.js";
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
    minhashDedup({ policy: "cluster", onPair: (pair) => pairs.push(pair) }),
  );
  expect(pairs.map((pair) => [Number(pair.duplicateOf), Number(pair.id), pair.bucket])).toEqual(golden.pairs);
  expect(Object.keys(dropped).map(Number)).toEqual(golden.removed);
  expect(kept).toHaveLength(golden.corpus.length - golden.removed.length);
  for (const value of Object.values(dropped)) expect(kept).toContain(value);
});

test("first keeps what resembles nothing before it, and says which document each duplicate repeats", async () => {
  const pairs: DuplicatePair[] = [];
  const { kept, dropped } = await run(golden.corpus, minhashDedup({ onPair: (pair) => pairs.push(pair) }));
  const cluster = clusters(
    golden.corpus.length,
    golden.pairs.map(([a, b, bucket]) => ({ a: a!, b: b!, bucket: bucket! })),
  );
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

test("first streams: a document leaves before the next is read", async () => {
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

test("clusters join over chains", () => {
  const pair = (a: number, b: number) => ({ a, b, bucket: 0 });
  expect([...clusters(6, [pair(0, 1), pair(2, 3), pair(3, 1)])]).toEqual([2, 2, 2, 2, 4, 5]);
});

test("exact duplicates are dropped and traced", async () => {
  const { kept, dropped, stats } = await run(["a", "b", "a", "a ", "a"], exactDedup());
  expect(kept).toEqual(["0", "1", "3"]);
  expect(dropped).toEqual({ 2: "0", 4: "0" });
  expect(stats.dropped).toEqual({ duplicate: 2 });
});
