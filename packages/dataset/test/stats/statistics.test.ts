import { expect, test } from "vitest";
import {
  type Document,
  documents,
  exactDedup,
  filter,
  formatStats,
  gopherQuality,
  MergeStatsError,
  mergeStats,
  parseStats,
  pii,
  pipeline,
  StatsFormatError,
  type StepStats,
} from "../../src/index.js";

const words = (count: number) => Array.from({ length: count }, (_, i) => `the word${i} and`).join(" ");
const corpus: Document[] = Array.from({ length: 120 }, (_, i) => ({
  id: `doc-${i}`,
  text: i % 10 === 0 ? words(3) : i % 15 === 1 ? words(40) : `${words(20 + i)}, write to a${i}@b.example`,
  meta: { url: `https://example.org/${i}` },
}));
const steps = () => [gopherQuality({ minWords: 60 }), exactDedup(), pii()];

async function statsOf(items: readonly Document[], list = steps(), statistics: object | boolean = true) {
  const p = pipeline(documents(items), ...list);
  for await (const _ of p.docs({ statistics })) {
  }
  return p.stats();
}

test("sizes, lengths and metrics are those of the documents", async () => {
  const stats = await statsOf(corpus);
  const [source, quality, dedup, last] = stats;
  const characters = corpus.reduce((sum, { text }) => sum + text.length, 0);
  expect(source!.details).toMatchObject({ charactersIn: characters, charactersOut: characters });
  expect(quality!.details!.charactersIn).toBe(characters);
  expect(quality!.details!.charactersOut).toBe(dedup!.details!.charactersIn);
  expect(last!.details!.charactersOut).not.toBe(last!.details!.charactersIn);
  const total = (histogram: readonly (readonly [number, number, number])[]) =>
    [1, 2].map((column) => histogram.reduce((sum, bin) => sum + bin[column as 1 | 2], 0));
  for (const { out, dropped, details } of stats) {
    const drops = Object.values(dropped).reduce((a, b) => a + b, 0);
    expect(total(details!.lengths)).toEqual([out, drops]);
  }
  const found = quality!.details!.metrics["words"]!;
  // A least and a most, but one value a document.
  expect(found.thresholds).toEqual([
    { value: 100_000, bound: "max" },
    { value: 60, bound: "min" },
  ]);
  expect(total(found.histogram)).toEqual([quality!.in - quality!.dropped["gopher_short_doc"]!, 12]);
  expect(quality!.dropped).toEqual({ gopher_short_doc: 12 });
});

test("characters are code points, bytes are UTF-8", async () => {
  const text = "aé€😀\ud800";
  const [source] = await statsOf([{ id: "a", text, meta: {} }], []);
  expect(source!.details).toMatchObject({
    charactersIn: [...text].length,
    bytesIn: Buffer.byteLength(text),
    bytesOut: 1 + 2 + 3 + 4 + 3,
  });
});

test("what drops without telling its verdicts is measured too, and ids are no categories", async () => {
  const same = Array.from({ length: 600 }, (_, i) => ({ id: `${i}`, text: `${i >> 1}`, meta: {} }));
  const [, dedup] = await statsOf(same, [exactDedup()]);
  expect(dedup!.dropped).toEqual({ duplicate: 300 });
  expect(dedup!.details!.metrics["duplicate of"]).toEqual({
    histogram: [],
    values: null,
    thresholds: [{ value: "none" }],
  });
  const few = await statsOf(same.slice(0, 4), [exactDedup()]);
  expect(few[1]!.details!.metrics["duplicate of"]!.values).toEqual([
    ["0", 0, 1],
    ["2", 0, 1],
  ]);
});

test("a drop of the source counts in its sizes", async () => {
  const source = {
    name: "broken",
    async *read(context: Parameters<ReturnType<typeof documents>["read"]>[0]) {
      yield { id: "a", text: "abc", meta: {} };
      const verdict = {
        keep: false,
        reason: "torn",
        metric: "bytes",
        value: Number.POSITIVE_INFINITY,
      } as const;
      context.drop({ id: "b", text: "abcdef", meta: {} }, { ...verdict, threshold: 3 });
    },
  };
  const p = pipeline(source);
  for await (const _ of p.docs({ statistics: true })) {
  }
  const stats = p.stats();
  expect(stats[0]).toMatchObject({ in: 2, out: 1, details: { charactersIn: 9, charactersOut: 3 } });
  expect(stats[0]!.details!.samples["torn"]).toEqual([
    { id: "b", length: 6, excerpt: "abcdef", metric: "bytes", value: "Infinity", threshold: 3 },
  ]);
  expect(parseStats(formatStats(stats))).toEqual(stats);
});

test("time is counted for the step that takes it", async () => {
  const slow = filter("slow", async () => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return { keep: true };
  });
  const [source, first, second, third] = await statsOf(corpus.slice(1, 4), [pii(), slow, pii()]);
  expect(second!.details!.microseconds).toBeGreaterThan(3 * 145_000);
  for (const other of [source, first, third]) {
    expect(other!.details!.microseconds).toBeLessThan(second!.details!.microseconds / 2);
  }
});

test("statistics are off by default, and each run has its own", async () => {
  const p = pipeline(documents(corpus), steps());
  for await (const _ of p.docs({ statistics: true })) {
  }
  expect(p.stats()[0]!.details).toBeDefined();
  for await (const _ of p.docs());
  expect(p.stats()[0]).toEqual({ name: "documents", in: 120, out: 120, dropped: {} });
});

test("merging is associative and commutative, and gives what one run gives", async () => {
  const gopher = () => [gopherQuality({ minWords: 60 })];
  const parts: StepStats[][] = [];
  for (const rank of [0, 1, 2]) {
    const share = corpus.filter((_, i) => i % 3 === rank);
    parts.push(withoutTime(await statsOf(share, gopher())));
  }
  const [a, b, c] = parts as [StepStats[], StepStats[], StepStats[]];
  const whole = formatStats(withoutTime(await statsOf(corpus, gopher())));
  expect(formatStats(mergeStats([a, b, c]))).toBe(whole);
  expect(formatStats(mergeStats([c, a, b]))).toBe(whole);
  expect(formatStats(mergeStats([a, mergeStats([c, b])]))).toBe(whole);
  expect(formatStats(mergeStats([mergeStats([b, a]), c]))).toBe(whole);
  expect(mergeStats([])).toEqual([]);
  const [one, two] = [await statsOf(corpus, gopher(), { samples: 2 }), b];
  const merged = mergeStats([one, two])[1]!.details!;
  expect(merged.samplesPerReason).toBe(2);
  expect(merged.samples["gopher_short_doc"]!.length).toBe(2);
});

test("runs of different pipelines do not merge", async () => {
  const [a, b] = [await statsOf(corpus, [pii()]), await statsOf(corpus, [exactDedup()])];
  expect(() => mergeStats([a, b])).toThrow(MergeStatsError);
  expect(() => mergeStats([a, b])).toThrow("documents, pii and documents, exactDedup");
});

test("samples are bounded, by reason, excerpts whole characters", async () => {
  const emoji = Array.from({ length: 30 }, (_, i) => ({ id: `${i}`, text: "😀".repeat(9), meta: {} }));
  const [, quality] = await statsOf(emoji, [gopherQuality()], { samples: 3, excerpt: 5 });
  const samples = quality!.details!.samples["gopher_short_doc"]!;
  expect(samples.length).toBe(3);
  expect(samples[0]).toMatchObject({
    excerpt: "😀😀",
    length: 9,
    metric: "words",
    threshold: 50,
    bound: "min",
  });
  const none = await statsOf(emoji, [gopherQuality()], { samples: 0 });
  expect(none[1]!.details!.samples).toEqual({ gopher_short_doc: [] });
});

test("JSON is checked when it is read", async () => {
  const stats = await statsOf(corpus);
  expect(parseStats(formatStats(stats))).toEqual(stats);
  const text = formatStats(stats);
  const broken: [string, string][] = [
    [text.slice(0, -20), "x.json is not JSON"],
    ["[]", "x.json is no object"],
    ['{"version":2,"steps":[]}', "x.json has version 2, this library reads 1"],
    ['{"version":1}', "x.json.steps is no list"],
    [text.replace('"in":120', '"in":-1'), "x.json.steps[0].in is no count"],
    [text.replace('"bound":"max"', '"bound":"most"'), '"min" nor "max"'],
    [
      text.replace(/"lengths":\[\[\d+/, '"lengths":[["1"'),
      "x.json.steps[0].details.lengths[0][0] is no number",
    ],
  ];
  for (const [json, message] of broken) {
    expect(json).not.toBe(text);
    expect(() => parseStats(json, "x.json")).toThrow(StatsFormatError);
    expect(() => parseStats(json, "x.json")).toThrow(message);
  }
});

function withoutTime(stats: readonly StepStats[]): StepStats[] {
  return stats.map((step) => ({ ...step, details: { ...step.details!, microseconds: 0 } }));
}
