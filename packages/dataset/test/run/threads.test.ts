import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MissingPathError, type RunProgress, run, TasksFailedError } from "../../src/node/index.js";
import { contents, makeSet, timeless } from "./fixture/set.js";

const module = new URL("./fixture/pipeline.ts", import.meta.url);
let base: string;
const at = (path: string) => join(base, path);

beforeEach(() => {
  base = makeSet(6, 40);
  process.env["RUN_FIXTURE"] = base;
});
afterEach(() => {
  delete process.env["RUN_FIXTURE"];
  rmSync(base, { recursive: true });
});

/** Puts a document into task 1's file that makes trouble, once. */
function provoke(kind: string): void {
  const path = at("in/01.txt");
  writeFileSync(path, readFileSync(path, "utf8").replace("line 30\n", `${kind}\n`));
  writeFileSync(at(kind), "");
}

async function outputWith(
  workers: number,
  options: { checkpointEvery?: number; workerMemory?: number } = {},
) {
  const [report] = await run(module, { tasks: 4, workers, logDir: at("log"), ...options });
  const output = contents(at("out"));
  rmSync(at("out"), { recursive: true });
  rmSync(at("log"), { recursive: true });
  return { output, report: timeless(report) };
}

test("the output is the same whatever the number of workers", async () => {
  const one = await outputWith(1);
  expect(Object.keys(one.output)).toHaveLength(4);
  expect(one.output["00003.jsonl"]).toContain('"LINE 1"');
  expect(await outputWith(3)).toEqual(one);
});

test.each(["exit", "memory", "reject"])(
  "a worker that crashes (%s) is replaced, and its task goes on",
  async (kind) => {
    provoke(kind);
    rmSync(at(kind));
    const expected = await outputWith(1, { checkpointEvery: 10 });
    writeFileSync(at(kind), "");
    expect(await outputWith(2, { checkpointEvery: 10, workerMemory: 100 })).toEqual(expected);
  },
);

test("a task that crashes its worker again is a typed error, and the others are complete", async () => {
  provoke("always");
  const failed = run(module, { tasks: 4, workers: 2, logDir: at("log") });
  await expect(failed).rejects.toThrow(TasksFailedError);
  await expect(failed).rejects.toMatchObject({
    stage: "plainJsonl",
    failures: [{ rank: 1, error: { name: "WorkerCrashError" } }],
    message: expect.stringContaining("ended with code 3"),
  });
  expect(readdirSync(at("log/completed"))).toEqual(["00000", "00002", "00003"]);
  rmSync(at("always"));
  await run(module, { tasks: 4, workers: 2, logDir: at("log") });
  expect(Object.keys(contents(at("out")))).toHaveLength(4);
});

test("what a step throws is told with its name, not tried again", async () => {
  provoke("throw");
  await expect(run(module, { tasks: 4, workers: 2, logDir: at("log") })).rejects.toThrow(
    "Task 1: RangeError: thrown by a step",
  );
});

test("an abort stops the workers, and progress is told", async () => {
  const stop = new AbortController();
  const seen: RunProgress[] = [];
  const options = { tasks: 4, workers: 2, logDir: at("log"), checkpointEvery: 10 };
  const stopped = run(module, {
    ...options,
    signal: stop.signal,
    onProgress: (progress) => {
      seen.push(progress);
      if (progress.complete === 1) stop.abort(new Error("enough"));
    },
  });
  await expect(stopped).rejects.toThrow("enough");
  await run(module, { ...options, onProgress: (progress) => seen.push(progress) });
  expect(seen.at(-1)).toMatchObject({ stage: "plainJsonl", tasks: 4, complete: 4, secondsLeft: 0 });
  const output = contents(at("out"));
  rmSync(at("log"), { recursive: true });
  expect(output).toEqual((await outputWith(1)).output);
});

test("an abort ends a worker that hangs in a step", async () => {
  provoke("hang");
  const stop = new AbortController();
  const stopped = run(module, { tasks: 4, workers: 1, logDir: at("log"), signal: stop.signal });
  const watch = setInterval(() => existsSync(at("hang")) || stop.abort(new Error("enough")), 50);
  await expect(stopped).rejects.toThrow("enough");
  clearInterval(watch);
});

test("a worker that ends between two tasks is replaced", async () => {
  writeFileSync(
    at("own.mjs"),
    `import { existsSync, writeFileSync } from "node:fs";
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const flag = ${JSON.stringify(at("flag"))};
    async function late(rank) {
      if (rank === 1) await wait(800);
      else if (!existsSync(flag)) {
        writeFileSync(flag, "");
        setTimeout(() => process.exit(4), 300);
      }
      return {};
    }
    export const stages = [
      { name: "late", tasks: 2, run: late },
      { name: "next", tasks: 2, run: () => wait(100).then(() => ({})) },
    ];`,
  );
  const reports = await run(at("own.mjs"), { logDir: at("log"), workers: 2 });
  expect(reports).toMatchObject([{ name: "late" }, { name: "next" }]);
});

test("a module that was changed is refused: its outputs would not be of one kind", async () => {
  const text = (threshold: number) =>
    `export const stages = [{ name: "s", tasks: 1, run: async () => ({ kept: ${threshold} }) }];`;
  writeFileSync(at("own.mjs"), text(1));
  const [report] = await run(at("own.mjs"), { logDir: at("log"), workers: 1 });
  expect(report).toMatchObject({ name: "s", counts: { kept: 1 } });
  writeFileSync(at("own.mjs"), text(2));
  const changed = run(at("own.mjs"), { logDir: at("log"), workers: 1 });
  await expect(changed).rejects.toThrow(/written for another run: moduleSha256 was "\w+", now "\w+"/);
  await expect(changed).rejects.toMatchObject({ name: "RunMismatchError" });
});

test("a configuration has its pipeline in a field", async () => {
  writeFileSync(
    at("own.mjs"),
    `const source = { name: "none", read: async function* () {} };
    const writer = { write() {}, close: async () => ["own.txt"], abort: async () => {} };
    const sink = { name: "own", folder: "f", open: async () => writer };
    export default { pipeline: { source, steps: [], sink, docs() {} } };`,
  );
  expect(await run(at("own.mjs"), { logDir: at("log"), workers: 1 })).toMatchObject([{ name: "own" }]);
  expect(JSON.parse(readFileSync(at("log/completed/00000"), "utf8"))).toEqual({ outputs: ["own.txt"] });
});

test("a module that is missing, or exports nothing to run, says so", async () => {
  await expect(run(at("nowhere.ts"), { logDir: at("log") })).rejects.toThrow(MissingPathError);
  writeFileSync(at("empty.mjs"), "export const wrong = 1;");
  await expect(run(at("empty.mjs"), { logDir: at("log") })).rejects.toThrow(
    /empty.mjs exports wrong: give it a default export/,
  );
  writeFileSync(at("broken.mjs"), "export default ;");
  await expect(run(at("broken.mjs"), { logDir: at("log") })).rejects.toThrow(/Unexpected token/);
});
