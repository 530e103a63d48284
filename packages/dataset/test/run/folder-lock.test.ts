import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "@llm/dataset";
import { RunInProgressError, run } from "@llm/dataset/node";
import { expect, test } from "vitest";
import { lockFolder } from "../../src/node/run/folder-lock.js";

const folder = () => mkdtemp(join(tmpdir(), "folder-lock-"));
const lockOf = (logDir: string) => join(logDir, "running.json");
const heldBy = (logDir: string, pid: number, host: string) =>
  writeFile(lockOf(logDir), JSON.stringify({ token: "theirs", pid, host }));

test("a run keeps another one out, and lets it in when it has ended or failed", async () => {
  const logDir = await folder();
  const slow = (wait: Promise<void>) =>
    pipeline(
      (async function* () {
        await wait;
        yield { id: "1", text: "one", meta: {} };
      })(),
    );
  let go = () => {};
  const first = run(slow(new Promise((resolve) => (go = resolve))), { logDir });
  await expect.poll(() => readdir(logDir)).toContain("running.json");
  const second = run(slow(Promise.resolve()), { logDir });
  await expect(second).rejects.toThrow(RunInProgressError);
  await expect(second).rejects.toThrow(`process ${process.pid} on ${hostname()}`);
  go();
  await first;
  expect(await readdir(logDir)).not.toContain("running.json");
  await run(slow(Promise.resolve()), { logDir });
});

test("the lock of a process that is gone is taken over at once", async () => {
  const logDir = await folder();
  const { pid } = spawnSync(process.execPath, ["--version"]);
  await heldBy(logDir, pid, hostname());
  const began = performance.now();
  await (await lockFolder(logDir))();
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(await readdir(logDir)).toEqual([]);
});

test("the lock of another process holds while it gives signs of life", async () => {
  const logDir = await folder();
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(other, "spawn");
  for (const [pid, host] of [
    [other.pid!, hostname()],
    [1, "elsewhere.example"],
  ] as const) {
    await heldBy(logDir, pid, host);
    const beat = setInterval(() => utimes(lockOf(logDir), new Date(), new Date()), 300);
    await expect(lockFolder(logDir)).rejects.toThrow(`process ${pid} on ${host}`);
    clearInterval(beat);
  }
  other.kill();
});

test("of many that find a dead lock one gets the folder", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const attempt = async () => {
    const logDir = await folder();
    await heldBy(logDir, pid, hostname());
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(logDir)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(RunInProgressError);
      else await outcome.value();
    expect(await readdir(logDir)).toEqual([]);
  };
  // One that is late must not remove the lock of who was faster: it takes many attempts to see that.
  await Promise.all(Array.from({ length: 40 }, attempt));
});
