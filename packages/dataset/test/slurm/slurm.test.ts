import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run, SlurmError, type SlurmJob, slurm } from "../../src/node/index.js";
import { contents, makeSet } from "../run/fixture/set.js";
import { clusterProblem, startCluster } from "./cluster.js";

const module = new URL("./stages.ts", import.meta.url);
/** What the stages write. */
const outputs = ["lines", "signatures", "buckets", "clusters"];
let base: string;
const at = (path: string) => join(base, path);
const options = (tasks = 8) => ({ tasks, checkpointEvery: 10, logDir: at("log") });

function prepareSet(): void {
  base = makeSet(8, 40);
  process.env["RUN_FIXTURE"] = base;
}

function clear(): void {
  delete process.env["RUN_TASKS"];
  delete process.env["RUN_FIXTURE"];
  delete process.env["RUN_DELAY"];
  rmSync(base, { recursive: true, force: true });
}

beforeEach(prepareSet);
afterEach(clear);

test("where there is no Slurm, an error says what to do", async () => {
  const path = process.env["PATH"];
  process.env["PATH"] = "/nowhere";
  try {
    await expect(slurm(module, options())).rejects.toThrow(SlurmError);
    await expect(slurm(module, options())).rejects.toThrow(/There is no scontrol here: .* use run/);
  } finally {
    process.env["PATH"] = path;
  }
});

const problem = clusterProblem();
if (problem) console.warn(`skipped: Slurm itself is not tested, ${problem}`);

describe.skipIf(problem)("on a cluster of one node", () => {
  let stop: () => void;
  /** What `run` makes of the same files. */
  let local: unknown;
  beforeAll(async () => {
    stop = await startCluster();
    prepareSet();
    await run(module, { ...options(), workers: 2 });
    local = outputs.map((name) => contents(at(name)));
    clear();
  });
  afterAll(() => stop());

  test("8 tasks of four stages, some killed and requeued, come to the bytes of a local run", async () => {
    process.env["RUN_DELAY"] = "100";
    const jobs = await slurm(module, { ...options(), partition: "test", time: "5", memory: "100M" });
    // Arrays of at most five.
    expect(jobs.map(({ stage, ranks }) => [stage, ...ranks])).toEqual([
      ["plainJsonl", 0, 1, 2, 3, 4],
      ["plainJsonl", 5, 6, 7],
      ["signatures", 0, 1, 2, 3, 4],
      ["signatures", 5, 6, 7],
      ["buckets", 0, 1],
      ["clusters", 0],
    ]);
    await expect(slurm(module, options())).rejects.toThrow(/wait or run still.*scancel/);
    const [first, second] = jobs as [SlurmJob, SlurmJob];
    for (const rank of [2, 3, 5])
      await until(() => existsSync(at(`log/1-plainJsonl/checkpoints/0000${rank}.json`)));
    process.kill(processOf(2), "SIGKILL");
    execFileSync("scancel", ["--batch", "--signal=USR1", `${first.id}_3`]);
    execFileSync("scontrol", ["requeue", `${second.id}_0`]);
    await queueEmpties();
    expect(outputs.map((name) => contents(at(name)))).toEqual(local);
    const said = (job: SlurmJob, index: number) =>
      readFileSync(at(`log/slurm/plainJsonl-${job.id}_${index}.out`), "utf8");
    expect(said(first, 2)).toContain("stopped with status 137 and goes back");
    expect(said(first, 3)).toContain("stopped with status 75 and goes back");
    const trace = readFileSync(at("trace"), "utf8").split("\n");
    // What a checkpoint holds is not done again; what came after it is.
    for (const rank of [2, 3, 5]) expect(trace.filter((id) => id === `0${rank}.txt:1`)).toHaveLength(1);
    expect(trace.length).toBeGreaterThan(new Set(trace).size);
    expect(await slurm(module, options())).toEqual([]);
  }, 120_000);

  test("after a failure what was to follow is cancelled, and the next submission runs what is left", async () => {
    process.env["RUN_TASKS"] = "3"; // each is a process that has to start
    await run(module, { ...options(3), workers: 1 });
    const local = outputs.map((name) => contents(at(name)));
    for (const folder of ["log", ...outputs]) rmSync(at(folder), { recursive: true });
    writeFileSync(at("fail"), "");
    await slurm(module, options(3));
    await queueEmpties();
    expect(existsSync(at("buckets"))).toBe(false);
    rmSync(at("fail"));
    const jobs = await slurm(module, options(3));
    expect(jobs.map(({ stage, ranks }) => [stage, ...ranks])).toEqual([
      ["signatures", 1],
      ["buckets", 0, 1],
      ["clusters", 0],
    ]);
    await queueEmpties();
    expect(outputs.map((name) => contents(at(name)))).toEqual(local);
  }, 120_000);

  test("MinHash in its four stages, a task of it killed and requeued, comes to the bytes of a local run", async () => {
    const minhash = new URL("./minhash.ts", import.meta.url);
    await run(minhash, { logDir: at("log"), workers: 2 });
    const local = contents(at("unique"));
    expect(Object.keys(local)).toHaveLength(3);
    for (const folder of ["log", "minhash", "unique"]) rmSync(at(folder), { recursive: true });
    process.env["RUN_DELAY"] = "150";
    const jobs = await slurm(minhash, { logDir: at("log") });
    expect(jobs.flatMap(({ ranks }) => ranks)).toHaveLength(3 + 3 + 1 + 3);
    await until(() => processOf(2) > 0);
    process.kill(processOf(2), "SIGKILL");
    await queueEmpties();
    const { id, stage } = jobs[0]!;
    expect(readFileSync(at(`log/slurm/${stage}-${id}_2.out`), "utf8")).toContain("goes back");
    expect(contents(at("unique"))).toEqual(local);
  }, 120_000);

  test("what Slurm refuses is told, and leaves nothing in the queue", async () => {
    await expect(slurm(module, { ...options(), partition: "nowhere" })).rejects.toThrow(
      /sbatch .* failed: .*invalid partition/s,
    );
    await expect(slurm(module, { ...options(), maxArraySize: 6 })).rejects.toThrow(SlurmError);
    await queueEmpties();
  });
});

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 100_000;
  while (performance.now() < end) {
    if (condition()) return;
    await wait(100);
  }
  throw new Error("it did not come to it in 100 seconds");
}

const queueEmpties = () =>
  until(() => execFileSync("squeue", ["--noheader"], { encoding: "utf8" }).trim() === "");

/** The process of a task of this test's first stage. */
function processOf(rank: number): number {
  const found = readdirSync("/proc").find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    const words = existsSync(`/proc/${pid}/cmdline`)
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")
      : [];
    return words.some((word) => word.includes(base)) && words.slice(-3, -1).join() === `0,${rank}`;
  });
  return Number(found);
}
