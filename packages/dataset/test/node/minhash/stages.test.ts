import { createHash } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { minhashDedup } from "../../../src/minhash/dedup.js";
import { minHasher } from "../../../src/minhash/signature.js";
import { DedupFileError, InputChangedError } from "../../../src/node/dedup/errors.js";
import { minhashStages } from "../../../src/node/minhash/stages.js";
import { minhashPairs, traceDuplicate } from "../../../src/node/minhash/trace.js";
import { type Drop, pipeline } from "../../../src/pipeline.js";
import golden from "../../golden/dedup.json" with { type: "json" };
import { filesIn, runAll, runStage, written } from "../run-stages.js";
import { documentsOf, optionsOf, SMALL, TASKS } from "./corpus.js";

let folder: string;
let finished: string;
beforeAll(async () => {
  finished = mkdtempSync(join(tmpdir(), "minhash-"));
  await runAll(minhashStages(optionsOf(finished)));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minhash-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => rmSync(finished, { recursive: true }));

const files = (name: string) => [...filesIn(join(folder, "work"))].filter(([path]) => path.startsWith(name));
const hex = (name: string, suffix = "") =>
  Object.fromEntries(
    files(name).flatMap(([path, bytes]) => (path.endsWith(suffix) ? [[path, bytes.toString("hex")]] : [])),
  );

test("files, pairs, clusters and what stays are datatrove's, byte for byte", async () => {
  await runAll(minhashStages({ ...optionsOf(folder), policy: "datatrove" }));
  const sums = files("signatures").map(([path, bytes]) => [
    path,
    createHash("sha256").update(bytes).digest("hex"),
  ]);
  expect(Object.fromEntries(sums)).toEqual(golden.staged.signatures);
  expect(hex("pairs")).toEqual(golden.staged.pairs);
  const clusters: Record<string, string> = golden.staged.clusters;
  for (const kind of ["remove", "clusters", "sizes"]) {
    const theirs = Object.entries(clusters).filter(([path]) => path.endsWith(kind));
    expect(theirs.length).toBeGreaterThan(1);
    expect(hex("clusters", kind)).toEqual(Object.fromEntries(theirs));
  }
  for (let rank = 0; rank < TASKS; rank++) {
    expect(written(folder, rank).map((id) => (Number(id) - rank) / TASKS)).toEqual(golden.staged.kept[rank]);
  }
});

test.each([2, 3, 17])("%i workers for each bucket find the pairs of one", async (workersPerBucket) => {
  cpSync(finished, folder, { recursive: true });
  rmSync(join(folder, "work/pairs"), { recursive: true });
  const buckets = minhashStages({ ...optionsOf(folder), workersPerBucket })[1];
  expect(buckets.tasks).toBe(14 * workersPerBucket);
  for (let task = 0; task < 2 * workersPerBucket; task++) await buckets.run(task);
  const found = hex("pairs");
  if (workersPerBucket === 2) expect(golden.stagedByTwo).toMatchObject(found);
  for (const bucket of ["pairs/00000", "pairs/00001"]) {
    const parts = Object.keys(found).filter((path) => path.startsWith(bucket));
    expect(parts).toHaveLength(workersPerBucket);
    const one: Record<string, string> = golden.staged.pairs;
    expect(parts.map((path) => found[path]).join("")).toBe(one[`${bucket}_00.dups`]);
  }
});

test.each(["first", "longest", "datatrove", { priority: "priority" }] as const)(
  "the policy %j keeps what it keeps in memory, and says so of every drop",
  async (policy) => {
    const all = [];
    for (let rank = 0; rank < TASKS; rank++)
      for await (const document of documentsOf(rank)) all.push(document);
    const expected: Record<string, unknown> = {};
    const kept: string[] = [];
    const inMemory = pipeline(all, minhashDedup({ ...SMALL, policy })).docs({
      onDrop: ({ document, verdict }) => (expected[document.id] = verdict),
    });
    for await (const { id } of inMemory) kept.push(id);

    const drops: Drop[] = [];
    const stages = minhashStages({
      ...optionsOf(folder),
      ...SMALL,
      policy,
      onDrop: (drop) => drops.push(drop),
    });
    const [signatures, , clusters, filter] = await runAll(stages);
    expect([0, 1, 2].flatMap((rank) => written(folder, rank))).toEqual(kept);
    expect(Object.fromEntries(drops.map(({ document, verdict }) => [document.id, verdict]))).toEqual(
      expected,
    );
    expect(signatures).toEqual({ documents: all.length, signatures: all.length - 1, unreadable: 0 });
    expect(clusters).toMatchObject({ removed: drops.length, documents: all.length });
    expect(filter).toEqual({ documents: all.length, kept: kept.length, removed: drops.length });
  },
);

test("a removed document is traced to its survivor, pair by pair", async () => {
  cpSync(finished, folder, { recursive: true });
  const work = join(folder, "work");
  let pairs = 0;
  for await (const { id, duplicateOf } of minhashPairs(work)) {
    pairs++;
    expect(id).not.toBe(duplicateOf);
  }
  expect(pairs).toBe(Object.values(golden.staged.pairs).join("").length / 32);
  const hasher = minHasher();
  const texts = new Map<string, string>();
  for (let rank = 0; rank < TASKS; rank++) {
    for await (const { id, text } of documentsOf(rank)) texts.set(id, text);
  }
  let removed = 0;
  let longest = 0;
  for (const id of texts.keys()) {
    const rank = Number(id) % TASKS;
    const trace = await traceDuplicate(work, rank, Math.floor(Number(id) / TASKS));
    expect(trace === undefined).toBe(written(folder, rank).includes(id));
    if (!trace) continue;
    removed++;
    longest = Math.max(longest, trace.pairs.length);
    let at = id;
    for (const { id: b, duplicateOf: a, bucket } of trace.pairs) {
      expect([a, b]).toContain(at);
      at = at === a ? b : a;
      const part = (of: string) => hasher.signature(texts.get(of)!)!.subarray(8 * bucket, 8 * bucket + 8);
      expect(part(a)).toEqual(part(b));
    }
    expect(at).toBe(trace.survivor);
    expect(trace.clusterSize).toBeGreaterThan(trace.pairs.length);
  }
  expect(removed).toBeGreaterThan(5);
  expect(longest).toBeGreaterThan(1);
});

const signature = (bucket: string, rank: string) => `signatures/bucket_${bucket}/${rank}.minhash.sig`;
test.each<[string, string, (path: string) => void, number, string]>([
  [
    "is cut within a record",
    signature("000", "00001"),
    (path) => truncateSync(path, 100),
    1,
    "is cut short: 100 bytes",
  ],
  [
    "is cut between records",
    signature("000", "00001"),
    (path) => truncateSync(path, 136),
    1,
    "holds 2 signatures, but there were",
  ],
  [
    "is missing",
    signature("000", "00002"),
    (path) => rmSync(path),
    1,
    "run task 2 of minhash-signatures again",
  ],
  [
    "is all zeros",
    signature("000", "00002"),
    (path) => writeFileSync(path, Buffer.alloc(readFileSync(path).length)),
    1,
    "is not sorted",
  ],
  [
    "names a document that is not",
    signature("000", "00000"),
    (path) => {
      const bytes = readFileSync(path);
      bytes.writeUInt32LE(999, 64);
      writeFileSync(path, bytes);
    },
    1,
    "names document 999",
  ],
  [
    "is not there yet",
    "documents/00001.json",
    (path) => rmSync(path),
    1,
    "run task 1 of minhash-signatures first",
  ],
  ["is torn", "documents/00001.json", (path) => truncateSync(path, 5), 1, "is not JSON"],
  ["is missing", "pairs/00005_00.dups", (path) => rmSync(path), 2, "run task 5 of minhash-buckets again"],
  ["is cut", "pairs/00005_00.dups", (path) => appendFileSync(path, "x"), 2, "is cut short"],
  [
    "names nothing",
    "pairs/00005_00.dups",
    (path) => appendFileSync(path, Buffer.alloc(16, 9)),
    2,
    "names documents that are not there",
  ],
  ["is of more workers", "pairs/00005_01.dups", (path) => writeFileSync(path, ""), 2, "more workers than 1"],
  ["are missing", "clusters/clusters.json", (path) => rmSync(path), 3, "run minhash-clusters first"],
  [
    "is cut",
    "clusters/000000.survivors",
    (path) => appendFileSync(path, "x"),
    3,
    "run minhash-clusters again",
  ],
])("a file that %s (%s) is an error that says what to do", async (_, path, spoil, stage, message) => {
  cpSync(finished, folder, { recursive: true });
  const stages = minhashStages(optionsOf(folder));
  spoil(join(folder, "work", path));
  const running = runStage(stages[stage]!);
  await expect(running).rejects.toThrow(DedupFileError);
  await expect(running).rejects.toThrow(message);
  for (const [name] of filesIn(folder)) expect(name).not.toMatch(/\.part$|\.unsorted$/);
});

test("other settings, and other documents, than in the first stage are refused", async () => {
  cpSync(finished, folder, { recursive: true });
  const other = minhashStages({ ...optionsOf(folder), ngram: 4 });
  await expect(other[1].run(0)).rejects.toThrow("was made with ngram 5, which is now 4");
  const more = minhashStages({ ...optionsOf(folder), tasks: 4 });
  await expect(more[3].run(0)).rejects.toThrow("was made with tasks 3, which is now 4");
  async function* changed(rank: number) {
    for await (const document of documentsOf(rank))
      yield { ...document, id: document.id.replace("9", "nine") };
  }
  async function* fewer(rank: number) {
    for await (const document of documentsOf(rank)) if (document.id !== "0") yield document;
  }
  async function* none() {}
  for (const [input, message] of [
    [changed, 'document 3 of rank 0 is "nine" now and was "9"'],
    [fewer, 'document 0 of rank 0 is "3" now and was "0"'],
    [none, 'document 0 of rank 0 is missing now and was "0"'],
  ] as const) {
    const running = minhashStages({ ...optionsOf(folder), input })[3].run(0);
    await expect(running).rejects.toThrow(InputChangedError);
    await expect(running).rejects.toThrow(message);
  }
});

test("a source is dealt out by its files, and what it cannot read is counted", async () => {
  const input = {
    name: "files",
    async *read() {},
    files: async () => ["a", "b", "c", "d"].map((path) => ({ path, id: path })),
    async *open(file: { path: string }, context: { drop: (document: never, verdict: never) => void }) {
      if (file.path === "d") context.drop(undefined as never, undefined as never);
      yield {
        id: file.path,
        text: `the same six words in ${file.path === "c" ? "a" : file.path} file`,
        meta: {},
      };
    },
  };
  const stats = await runAll(minhashStages({ ...optionsOf(folder), ...SMALL, input, tasks: 2 }));
  expect(stats[0]).toEqual({ documents: 4, signatures: 4, unreadable: 1 });
  expect([written(folder, 0), written(folder, 1)]).toEqual([["a"], ["b", "d"]]);
  const { files: _, ...unsplit } = input;
  expect(() => minhashStages({ ...optionsOf(folder), input: unsplit })).toThrow(
    "reads no files that tasks could share",
  );
});

test("a signal stops each stage, and leaves nothing begun", async () => {
  const reason = new RangeError("enough");
  const stages = minhashStages({ ...optionsOf(folder), ...SMALL });
  for (const stage of stages) {
    await expect(runStage(stage, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    for (const [name] of filesIn(folder)) expect(name).not.toMatch(/\.part$|\.unsorted$/);
    await runStage(stage);
  }
});

test("tasks that make no sense are refused", () => {
  expect(() => minhashStages({ ...optionsOf(folder), tasks: 0 })).toThrow("tasks is 0");
});
