import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, expect, test } from "vitest";
import { pipeline } from "../../src/index.js";
import { DiskFullError, run, TasksFailedError } from "../../src/node/index.js";
import { readLines } from "./fixture/lines.js";
import { plainJsonl } from "./fixture/plain-jsonl.js";
import { contents, makeSet, statsIn } from "./fixture/set.js";

let base: string;
const at = (path: string) => join(base, path);
afterEach(() => rmSync(base, { recursive: true }));

/** The long test is `npm run test:long`. */
const isLong = import.meta.env.MODE === "long";

test.each([
  ["jsonl", ".tmp", isLong ? 30 : 5],
  ["parquet", ".part", isLong ? 30 : 3],
])(
  "%s: killed again and again, a run comes to the bytes of one that was not",
  async (format, aside, times) => {
    base = makeSet(8, 150);
    const child = await bundled();
    const begun = performance.now();
    await start(child, format).ended;
    const duration = performance.now() - begun;
    const output = () => [contents(at("out")), statsIn(at("log/stats"))] as const;
    const expected = output();
    expect(Object.keys(expected[0])).toHaveLength(5);

    const random = seeded(1);
    const hits = { inTheMiddle: 0, betweenTasks: 0 };
    for (let kills = 0; kills < times; ) {
      if (existsSync(at("log/completed")) && readdirSync(at("log/completed")).length === 5) {
        expect(output()).toEqual(expected);
        for (const name of ["out", "log"]) rmSync(at(name), { recursive: true });
      }
      const running = start(child, format);
      await running.begun;
      await wait((random() * duration) / 8);
      running.kill();
      if ((await running.ended) !== "SIGKILL") continue;
      kills++;
      const written = existsSync(at("out")) ? contents(at("out")) : {};
      const names = Object.keys(written);
      for (const name of names.filter((name) => !name.endsWith(aside)))
        expect(written[name]).toBe(expected[0][name]);
      if (names.some((name) => name.endsWith(aside))) hits.inTheMiddle++;
      else hits.betweenTasks++;
    }
    expect(hits.inTheMiddle).toBeGreaterThan(times / 5);
    await start(child, format).ended;
    expect(output()).toEqual(expected);
    expect(readdirSync(at("log/checkpoints"))).toEqual([]);
  },
);

test("what ends just before a task's mark leaves nothing that the mark would hide", async () => {
  base = makeSet(1, 50);
  mkdirSync(at("log"));
  // A file where the folder of marks is to stand: the task ends when it is to make its mark.
  writeFileSync(at("log/completed"), "");
  const p = pipeline(readLines(at("in")), plainJsonl(at("out")));
  const failed = run(p, { checkpointEvery: 10, logDir: at("log") });
  await expect(failed).rejects.toThrow(TasksFailedError);
  expect(Object.keys(contents(at("out")))).toHaveLength(1);
  expect(readdirSync(at("log/checkpoints"))).toEqual([]);
});

test("a full disk is told and loses nothing: more room lets the run go on", async ({ skip }) => {
  base = makeSet(3, 3000);
  const p = (out: string) => pipeline(readLines(at("in")), plainJsonl(at(out)));
  const disk = at("disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=160k", "tmpfs", disk], { stdio: "pipe" });
  } catch {
    console.warn("skipped: no permission to mount a small tmpfs");
    return skip();
  }
  try {
    const options = { tasks: 3, checkpointEvery: 100, logDir: at("disk/log") };
    const failed = await run(p("disk/out"), options).catch((error) => error);
    expect(failed).toBeInstanceOf(TasksFailedError);
    expect(failed.cause).toBeInstanceOf(DiskFullError);
    // The third task is not even tried.
    expect(failed.message).toMatch(
      /1 of 3 tasks failed \(1\). Task 1: DiskFullError: no space left to write .*go on/,
    );
    expect(readdirSync(at("disk/log/completed"))).toEqual(["00000"]);
    const { position } = JSON.parse(readFileSync(at("disk/log/checkpoints/00001.json"), "utf8"));
    expect(position.given).toBeGreaterThan(0);
    execFileSync("mount", ["-o", "remount,size=20m", disk]);
    await run(p("disk/out"), options);
    await run(p("expected"), { ...options, logDir: at("log") });
    expect(contents(at("disk/out"))).toEqual(contents(at("expected")));
  } finally {
    execFileSync("umount", [disk]);
  }
});

/** A process that runs the set. */
function start(child: string, format: string) {
  const running = spawn(process.execPath, [child, base, format], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(running, "exit").then(([, signal]) => signal as string | null);
  return {
    ended,
    begun: Promise.race([once(running.stdout, "data"), ended]),
    kill: () => running.kill("SIGKILL"),
  };
}

/** The child as one file, so that it starts in no time. */
async function bundled(): Promise<string> {
  const outfile = at("child.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("./fixture/slow-child.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
  });
  return outfile;
}

/** Mulberry32: numbers from 0 to 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
