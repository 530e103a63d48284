import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { rng } from "@llm/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "./fixture/bundle.js";

const STEPS = 24;
const isLong = import.meta.env.MODE === "long";
/** 30 kills are for `npm run test:long`. */
const RUNS: [engine: string, threads: number, kills: number][] = isLong
  ? [
      ["native", 1, 8],
      ["native", 2, 8],
      ["wasm", 1, 7],
      ["wasm", 2, 7],
    ]
  : [["wasm", 2, 3]];

let base: string;
let child: string;
beforeAll(async () => {
  ({ base, child } = await bundle(new URL("./fixture/kill-child.ts", import.meta.url)));
});
afterAll(() => rmSync(base, { recursive: true }));

/** A process that trains; `line` answers what it prints next. */
function start(...args: (string | number)[]) {
  const running = spawn(process.execPath, [child, ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  running.stdout.on("data", (data) => {
    printed += data;
  });
  const ended = once(running, "exit").then(([code, signal]) => (signal ?? code) as string | number);
  return {
    ended,
    kill: (signal: NodeJS.Signals) => running.kill(signal),
    printed: () => printed,
    async begun() {
      let isOver = false;
      void ended.then(() => {
        isOver = true;
      });
      while (!printed.includes("begins")) {
        if (isOver) throw new Error(`the run ended before it began: ${printed}`);
        await wait(5);
      }
    },
  };
}

const tmpIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".tmp"));

async function beginsToWrite(folder: string): Promise<void> {
  const until = performance.now() + 5000;
  while (performance.now() < until && !(existsSync(folder) && tmpIn(folder).length > 0)) await wait(0);
}

describe.each(RUNS)("%s, %s threads", (engine, threads, kills) => {
  test(`killed at ${kills} moments, it comes to the bits of a run that was not`, async () => {
    const straight = start(join(base, "straight"), engine, threads, STEPS);
    await straight.begun();
    const begun = performance.now();
    expect(await straight.ended).toBe(0);
    const duration = performance.now() - begun;
    const expected = straight.printed();
    expect(expected).toMatch(/\n[0-9a-f]{64}\n$/);

    const folder = join(base, `${engine}-${threads}`);
    const random = rng(threads, engine.length);
    let inside = 0;
    for (let done = 0; done < kills; ) {
      const running = start(folder, engine, threads, STEPS);
      await running.begun();
      await wait((random() * duration) / 2);
      // Every second one is killed while a checkpoint is being written, if it comes to that.
      if (done % 2 === 1) await Promise.race([running.ended, beginsToWrite(folder)]);
      running.kill("SIGKILL");
      if ((await running.ended) === "SIGKILL") {
        done++;
        if (tmpIn(folder).length > 0) inside++;
      } else {
        expect(running.printed()).toBe(expected);
        rmSync(folder, { recursive: true });
      }
    }
    if (isLong) {
      console.log(`${engine}, ${threads} threads: ${inside} of ${kills} kills inside a checkpoint`);
      expect(inside).toBeGreaterThan(0);
    }
    const last = start(folder, engine, threads, STEPS);
    expect(await last.ended).toBe(0);
    expect(last.printed()).toBe(expected);
    expect(tmpIn(folder)).toEqual([]);
    rmSync(join(base, "straight"), { recursive: true });
  });
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s saves and ends; the same command goes on from there",
  async (signal) => {
    const folder = join(base, signal);
    const running = start(folder, "wasm", 1, 1_000_000);
    await running.begun();
    while (!readdirSync(base).includes(signal) || readdirSync(folder).length === 0) await wait(5);
    running.kill(signal);
    expect(await running.ended).toBe(0);
    const [step] = /stopped after (\d+)/.exec(running.printed())!.slice(1).map(Number);
    expect(readdirSync(folder).sort().at(-1)).toBe(`step-${String(step).padStart(8, "0")}`);
  },
);
