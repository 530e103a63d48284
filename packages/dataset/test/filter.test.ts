import { describe, expect, test } from "vitest";
import { testMistakes } from "../../../.config/mistakes.js";
import {
  type Document,
  documents,
  explain,
  filter,
  gopherQuality,
  language,
  minHasher,
  minhashDedup,
  OptionsError,
  pii,
  pipeline,
  readCsv,
  readJsonl,
  rewrite,
  type Step,
} from "../src/index.js";
import { minhashStages, readFiles, writeJsonl, writeParquet } from "../src/node/index.js";
import { collect } from "./node/collect.js";

const wrong = (value: unknown) => value as never;
const long = ({ text }: Document) => text.length > 3;

async function run(...steps: Step[]) {
  const running = pipeline(documents(["a", "long text", "b", "longer text"]), ...steps);
  const texts: string[] = [];
  for await (const { text } of running.docs({ statistics: true })) texts.push(text);
  return { texts, dropped: running.stats().at(-1)!.dropped };
}

test.each([
  ["a boolean", long, "short"],
  ["a promise of one", async (d: Document) => long(d), "short"],
  ["a pair", (d: Document) => [long(d), "too_short"] as const, "too_short"],
  ["a promise of a pair", async (d: Document) => [long(d), "too_short"] as const, "too_short"],
  ["true alone, else a pair", (d: Document) => long(d) || ([false, "too_short"] as const), "too_short"],
  ["a pair without a reason", (d: Document) => [long(d)] as const, "short"],
  [
    "booleans of a generator",
    function* (d: Document) {
      yield true;
      yield long(d);
    },
    "short",
  ],
  [
    "those of an async one",
    async function* (d: Document) {
      yield long(d);
      yield true;
    },
    "short",
  ],
  [
    "a promise of a verdict",
    async (d: Document) => ({ keep: long(d), reason: "r", metric: "m", value: 1, threshold: 2 }),
    "r",
  ],
  ["a verdict without a reason", wrong((d: Document) => ({ keep: long(d) })), "short"],
] as const)("a filter that answers %s", async (_, check, reason) => {
  expect(await run(filter("short", check))).toEqual({
    texts: ["long text", "longer text"],
    dropped: { [reason]: 2 },
  });
  const { steps } = await explain(pipeline(documents([]), filter("short", check)), {
    id: "a",
    text: "a",
    meta: {},
  });
  expect(JSON.stringify(steps)).toContain(`"reason":"${reason}"`);
});

test.each([
  ["undefined", () => undefined],
  ["undefined", async () => undefined],
  ["null", () => null],
  ["1", () => 1],
  ['"keep"', () => "keep"],
  ["Symbol(keep)", () => Symbol("keep")],
  ["an object", () => ({ kept: true })],
  [
    "undefined",
    function* () {
      yield undefined;
    },
  ],
])("a filter that answers %s is named", async (shown, check) => {
  await expect(run(filter("mine", wrong(check)))).rejects.toThrow(
    `filter("mine") answered ${shown}: it must answer true or false`,
  );
});

test.each([
  ["undefined", () => undefined],
  ["undefined", async () => undefined],
  ['"a text"', () => "a text"],
  ["true", () => true],
  ["an object", ({ text }: Document) => ({ text })],
])("a rewrite that answers %s is named", async (shown, change) => {
  await expect(run(rewrite("mine", wrong(change)))).rejects.toThrow(
    `rewrite("mine") answered ${shown}: it must answer the new document`,
  );
});

test("a step whose transform is no generator is named", async () => {
  const step = wrong({ name: "mine", transform: async () => [] });
  await expect(run(step)).rejects.toThrow(
    "transform of the step mine gave an object (Promise): wait for it with await",
  );
  await expect(run(wrong({ name: "mine", transform: () => {} }))).rejects.toThrow(
    "transform of the step mine gave undefined",
  );
});

describe("pipelines put together wrongly", () => {
  const sink = writeJsonl("nowhere");
  const source = readFiles("nowhere");
  const step = pii();
  testMistakes(OptionsError, [
    ["pipeline", () => pipeline(wrong(undefined)), "pipeline needs a source: pipeline(readWarc(..)"],
    ["pipeline", () => pipeline(wrong(step)), "source of pipeline is the step pii: a source comes first"],
    [
      "pipeline",
      () => pipeline(wrong(sink)),
      "source of pipeline is the sink writeJsonl: a source comes first",
    ],
    [
      "pipeline",
      () => pipeline(wrong([step]), step),
      "source of pipeline is an array of 1, of steps: a source comes first",
    ],
    [
      "pipeline",
      () => pipeline(wrong(readJsonl)),
      "source of pipeline is the function readJsonl: call it: readJsonl(..)",
    ],
    [
      "pipeline",
      () => pipeline(wrong(pipeline(source))),
      "it is a pipeline; a pipeline reads another one's docs()",
    ],
    [
      "pipeline",
      () => pipeline(wrong(Promise.resolve([]))),
      "source of pipeline is an object (Promise): wait for it",
    ],
    [
      "pipeline",
      () => pipeline(source, wrong(gopherQuality)),
      "step 1 of pipeline is the function gopherQuality, which has no transform(): call it: gopherQuality(..)",
    ],
    [
      "pipeline",
      () =>
        pipeline(
          source,
          step,
          wrong(() => {}),
        ),
      "step 2 of pipeline is a function",
    ],
    ["pipeline", () => pipeline(source, wrong(writeJsonl)), "call it: writeJsonl(..)"],
    [
      "pipeline",
      () => pipeline(source, wrong(sink), step),
      "step 1 of pipeline is the sink writeJsonl, which must come last: a sink comes last, and the step pii comes after it",
    ],
    [
      "pipeline",
      () => pipeline(source, wrong(sink), writeParquet("b")),
      "the sink writeParquet comes after it",
    ],
    [
      "pipeline",
      () => pipeline(source, wrong(documents([]))),
      "step 1 of pipeline is the source documents, a source: a pipeline has one",
    ],
    [
      "pipeline",
      () => pipeline(source, wrong(false)),
      "step 1 of pipeline is false, which has no transform(): leave such a step out",
    ],
    ["pipeline", () => pipeline(source, wrong(Promise.resolve(step))), "wait for it with await"],
    [
      "pipeline",
      () => pipeline(source, wrong("pii")),
      'step 1 of pipeline is "pii", which has no transform()',
    ],
    ["filter", () => filter("f", wrong(true)), 'check of filter("f") is true'],
    [
      "filter",
      () =>
        filter(
          wrong(() => true),
          wrong(undefined),
        ),
      "name of filter is a function",
    ],
    ["rewrite", () => rewrite("f", wrong("text")), 'change of rewrite("f") is "text"'],
    [
      "minhashDedup",
      () => minhashDedup(wrong({ threshold: 0.8 })),
      'minhashDedup has no option "threshold": texts count as alike from about',
    ],
    ["minHasher", () => minHasher(wrong({ jaccard: 0.8 })), "hashesPerBucket"],
    ["minhashStages", () => minhashStages(wrong({ similarity: 0.8 })), "set these two"],
    [
      "minhashDedup",
      () => minhashDedup(wrong({ numPerm: 128 })),
      'minhashDedup has no option "numPerm": it takes ngram, buckets',
    ],
    ["language", () => language(["en"], wrong({ minScore: 0.8 })), 'language has no option "minScore"'],
  ]);
});

test.each([
  ["text;id\na,b;1\n", ";"],
  ['"id";"text"\r\n1;a\r\n', ";"],
  ["id\ttext\n1\ta\n", "\t"],
  ["id|text|n\n1|a|b\n", "|"],
])("a CSV that another delimiter divides says so: %j", async (csv, delimiter) => {
  await expect(collect(readCsv(csv, { name: "a.csv" }))).rejects.toThrow(
    `the header of a.csv is ${JSON.stringify(csv.split(/\r?\n/)[0])}, whose columns are divided by ${JSON.stringify(delimiter)} and not by ","`,
  );
  expect((await collect(readCsv(csv, { delimiter }))).found).toHaveLength(1);
  // A column of another name may hold such a sign.
  expect((await collect(readCsv('"a;b",text\nx,y\n'))).found[0]).toMatchObject({ text: "y" });
});
