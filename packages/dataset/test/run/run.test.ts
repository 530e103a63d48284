import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  documents,
  exactDedup,
  filter,
  NoFilesError,
  pipeline,
  type Stage,
  type Step,
} from "../../src/index.js";
import {
  CheckpointError,
  RunManifestError,
  RunMismatchError,
  run,
  TasksFailedError,
  WorkersError,
} from "../../src/node/index.js";
import { readLines } from "./fixture/lines.js";
import { plainJsonl } from "./fixture/plain-jsonl.js";
import { contents, makeSet, statsIn } from "./fixture/set.js";

let base: string;
beforeEach(() => {
  base = makeSet(5, 30);
});
afterEach(() => rmSync(base, { recursive: true }));

const at = (path: string) => join(base, path);
const even = filter("even", ({ text }) =>
  Number(text.split(" ")[1]) % 2 === 0
    ? { keep: true }
    : { keep: false, reason: "odd", metric: "number", value: text, threshold: 2 },
);
/** Fails at the `count`th document, and not again. */
function failing(count: number): Step {
  let seen = 0;
  return filter("failing", () => {
    if (++seen === count) throw new Error("power cut");
    return { keep: true };
  });
}
const whole = (out: string, ...steps: Step[]) =>
  pipeline(readLines(at("in")), ...steps, even, plainJsonl(at(out)));

test("each task reads its files, writes its own output and leaves statistics and a marker", async () => {
  const reports = await run(whole("out"), { tasks: 3, logDir: at("log") });
  const lines = 5 * 30 + 10;
  const broken = lines - reports[0]!.steps![0]!.out;
  expect(reports).toMatchObject([
    {
      name: "plainJsonl",
      tasks: 3,
      steps: [
        { name: "readLines", in: lines, out: lines - broken, dropped: { broken } },
        expect.objectContaining({ name: "even", in: lines - broken }),
      ],
    },
  ]);
  expect(readdirSync(at("out"))).toEqual(["00000.jsonl", "00001.jsonl", "00002.jsonl"]);
  const ids = readFileSync(at("out/00001.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).id);
  expect(new Set(ids.map((id) => id.split(":")[0]))).toEqual(new Set(["01.txt", "04.txt"]));
  expect(readdirSync(at("log")).sort()).toEqual(["completed", "manifest.json", "stats"]);
  expect(JSON.parse(readFileSync(at("log/completed/00002"), "utf8"))).toEqual({ outputs: ["00002.jsonl"] });
});

test("a pipeline's shares are what tasks read", async () => {
  const ids: string[] = [];
  for await (const { id } of whole("out").docs({ rank: 1, world: 3, sink: false })) ids.push(id);
  await run(whole("out"), { tasks: 3, logDir: at("log") });
  const written = readFileSync(at("out/00001.jsonl"), "utf8").trim().split("\n");
  expect(ids).toEqual(written.map((line) => JSON.parse(line).id));
  await expect(
    pipeline(documents(["a"]))
      .docs({ world: 2 })
      [Symbol.asyncIterator]()
      .next(),
  ).rejects.toThrow(NoFilesError);
  await expect(
    whole("out").docs({ rank: 2, world: 2, sink: false })[Symbol.asyncIterator]().next(),
  ).rejects.toThrow("rank 2 of world 2");
});

test.each([1, 7, 40, 101])("a task that fails goes on from its checkpoint: document %i", async (count) => {
  await run(whole("expected", failing(-1)), { tasks: 2, logDir: at("expected-log"), checkpointEvery: 10 });
  const seen: string[] = [];
  const noted = filter("failing", ({ id }) => {
    seen.push(id);
    return { keep: true };
  });
  const options = { tasks: 2, logDir: at("log"), checkpointEvery: 10 };
  const failed = run(whole("out", failing(count)), options);
  await expect(failed).rejects.toThrow(TasksFailedError);
  await expect(failed).rejects.toThrow(/1 of 2 tasks failed \([01]\).*power cut.*run it again/s);
  await run(whole("out", noted), options);
  expect(contents(at("out"))).toEqual(contents(at("expected")));
  expect(statsIn(at("log/stats"))).toEqual(statsIn(at("expected-log/stats")));
  // The other task was complete, and this one goes on at a tenth document.
  const [first, second] = [0, 1].map(
    (rank) => JSON.parse(readFileSync(at(`log/stats/0000${rank}.json`), "utf8")).steps[1].in,
  );
  const [total, done] = count > first ? [second, count - first - 1] : [first, count - 1];
  expect(seen).toHaveLength(total - Math.floor(done / 10) * 10);
});

test("a step with a state begins its task anew, and comes to the same", async () => {
  const steps = (count: number) => [failing(count), exactDedup()];
  await run(whole("expected", ...steps(-1)), { tasks: 1, logDir: at("expected-log"), checkpointEvery: 10 });
  const options = { tasks: 1, logDir: at("log"), checkpointEvery: 10 };
  await expect(run(whole("out", ...steps(60)), options)).rejects.toThrow("power cut");
  expect(existsSync(at("log/checkpoints"))).toBe(false);
  await run(whole("out", ...steps(-1)), options);
  expect(contents(at("out"))).toEqual(contents(at("expected")));
});

test("a sink that cannot go on in the middle begins its task anew", async () => {
  const sink = plainJsonl(at("out"));
  const withoutCheckpoints = {
    ...sink,
    open: async (...args: Parameters<typeof sink.open>) => {
      const { checkpoint: _, ...writer } = await sink.open(args[0]);
      return writer;
    },
  };
  const steps = (count: number) => [readLines(at("in")), failing(count), even] as const;
  const options = { tasks: 1, checkpointEvery: 10 };
  await run(pipeline(...steps(-1), plainJsonl(at("expected"))), { ...options, logDir: at("expected-log") });
  const logDir = at("log");
  await expect(run(pipeline(...steps(60), withoutCheckpoints), { ...options, logDir })).rejects.toThrow();
  await run(pipeline(...steps(-1), withoutCheckpoints), { ...options, logDir });
  expect(contents(at("out"))).toEqual(contents(at("expected")));
});

test("who was killed while the output was moved to its place begins the task anew", async () => {
  await run(whole("expected"), { tasks: 1, logDir: at("expected-log"), checkpointEvery: 10 });
  const options = { tasks: 1, logDir: at("log"), checkpointEvery: 10 };
  await run(whole("out"), options);
  // As if the marker had not been written yet.
  rmSync(at("log/completed/00000"));
  writeFileSync(at("log/checkpoints/00000.closing"), "{}");
  await run(whole("out"), options);
  expect(contents(at("out"))).toEqual(contents(at("expected")));
  expect(readdirSync(at("log/checkpoints"))).toEqual([]);
});

test("an output that cannot be moved to its place keeps its checkpoint", async () => {
  const sink = plainJsonl(at("out"));
  const stubborn = {
    ...sink,
    open: async (...args: Parameters<typeof sink.open>) => ({
      ...(await sink.open(...args)),
      close: () => Promise.reject(new Error("read-only")),
    }),
  };
  const options = { tasks: 1, logDir: at("log"), checkpointEvery: 10 };
  await expect(run(pipeline(readLines(at("in")), stubborn), options)).rejects.toThrow("read-only");
  expect(readdirSync(at("log/checkpoints"))).toEqual(["00000.json"]);
});

test("an output that is gone is told, with the way out", async () => {
  const options = { tasks: 1, logDir: at("log"), checkpointEvery: 10 };
  await expect(run(whole("out", failing(60)), options)).rejects.toThrow("power cut");
  rmSync(at("out"), { recursive: true });
  const refused = run(whole("out", failing(-1)), options);
  await expect(refused).rejects.toMatchObject({ cause: expect.any(CheckpointError) });
  await expect(refused).rejects.toThrow(/cannot go on from \S+00000.json .*ENOENT.*delete that file/);
  rmSync(at("log/checkpoints/00000.json"));
  await run(whole("out", failing(-1)), options);
  expect(Object.keys(contents(at("out")))).toEqual(["00000.jsonl"]);
});

test("a run that is aborted stops at once and goes on from its checkpoints", async () => {
  await run(whole("expected"), { tasks: 2, logDir: at("expected-log"), checkpointEvery: 10 });
  const stop = new AbortController();
  const options = { tasks: 2, logDir: at("log"), checkpointEvery: 10 };
  const aborted = run(whole("out"), {
    ...options,
    signal: stop.signal,
    onProgress: ({ items }) => items > 33 && stop.abort(new Error("enough")),
  });
  await expect(aborted).rejects.toThrow("enough");
  expect(JSON.parse(readFileSync(at("log/checkpoints/00000.json"), "utf8")).position).toEqual({
    file: 1,
    given: expect.any(Number),
  });
  await run(whole("out"), options);
  expect(contents(at("out"))).toEqual(contents(at("expected")));
});

test("a complete run reads nothing again", async () => {
  await run(whole("out", failing(-1)), { logDir: at("log") });
  rmSync(at("out"), { recursive: true });
  const [report] = await run(whole("out", failing(1)), { logDir: at("log") });
  expect(report!.tasks).toBe(5);
  expect(existsSync(at("out"))).toBe(false);
});

test("a run with other files, tasks or configuration is refused, and told what changed", async () => {
  const options = { tasks: 2, logDir: at("log") };
  await run(whole("out"), options);
  const refused = async (promise: Promise<unknown>, what: string | RegExp) => {
    await expect(promise).rejects.toThrow(RunMismatchError);
    await expect(promise).rejects.toThrow(what);
    await expect(promise).rejects.toThrow("give another logDir");
  };
  await refused(run(whole("out"), { ...options, tasks: 3 }), "tasks was 2, now 3");
  await refused(run(whole("out"), { ...options, checkpointEvery: 5 }), "checkpointEvery was 2000, now 5");
  await refused(run(whole("out", exactDedup()), options), 'steps was ["even"], now ["exactDedup","even"]');
  await refused(run(whole("elsewhere"), options), "sink was");
  appendFileSync(at("in/00.txt"), "more\n");
  rmSync(at("in/01.txt"));
  writeFileSync(at("in/9.txt"), "new\n");
  await refused(
    run(whole("out"), options),
    /files: 1 new \(\S+9.txt\), 1 gone \(\S+01.txt\), 1 changed in size \(\S+00.txt\)/,
  );
});

test("a manifest that is damaged is refused", async () => {
  await run(whole("out"), { tasks: 2, logDir: at("log") });
  const text = readFileSync(at("log/manifest.json"), "utf8");
  for (const damaged of [text.slice(0, 100), text.replace("00.txt", "0O.txt")]) {
    writeFileSync(at("log/manifest.json"), damaged);
    await expect(run(whole("out"), { tasks: 2, logDir: at("log") })).rejects.toThrow(RunManifestError);
  }
});

test("a source without files is one task", async () => {
  const p = pipeline(documents(["line 1", "line 2"]), even, plainJsonl(at("out")));
  await expect(run(p, { tasks: 2, logDir: at("log") })).rejects.toThrow(NoFilesError);
  await run(p, { logDir: at("log") });
  expect(Object.keys(contents(at("out")))).toEqual(["00000.jsonl"]);
});

test("stages run one after the other, each with a log of its own", async () => {
  const order: string[] = [];
  const stage = (name: string, tasks: number): Stage => ({
    name,
    tasks,
    run: async (rank) => {
      order.push(`${name} ${rank}`);
      return { pairs: 2, [`only ${rank}`]: 1 };
    },
  });
  const stages = [stage("sign", 2), whole("out"), stage("join", 1)];
  const reports = await run(stages, { tasks: 2, logDir: at("log") });
  expect(order).toEqual(["sign 0", "sign 1", "join 0"]);
  expect(reports.map(({ name, tasks }) => [name, tasks])).toEqual([
    ["sign", 2],
    ["plainJsonl", 2],
    ["join", 1],
  ]);
  expect(reports[0]).toEqual({ name: "sign", tasks: 2, counts: { pairs: 4, "only 0": 1, "only 1": 1 } });
  expect(readdirSync(at("log")).sort()).toEqual(["1-sign", "2-plainJsonl", "3-join"]);
  await run(stages, { tasks: 2, logDir: at("log") });
  expect(order).toHaveLength(3);
});

test("options that make no sense are refused", async () => {
  const p = whole("out");
  await expect(run(p, { logDir: at("log"), workers: 2 })).rejects.toThrow(WorkersError);
  await expect(run(p, { logDir: at("log"), workers: 0 })).rejects.toThrow("workers is 0");
  await expect(run(p, { logDir: at("log"), tasks: 1.5 })).rejects.toThrow("tasks is 1.5");
  await expect(run(p, { logDir: at("log"), checkpointEvery: 0 })).rejects.toThrow("checkpointEvery is 0");
});
