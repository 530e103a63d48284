import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAside } from "@llm/platform/durable";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DemoError } from "../src/errors.js";
import { RunFolder } from "../src/run-folder.js";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "llm-run-"));
});
afterEach(() => rm(base, { recursive: true }));

const open = (identity = { steps: 1 }) => RunFolder.open(join(base, "run"), identity);

test("a finished stage is not done again; one whose file changed is", async () => {
  let runs = 0;
  const work = (folder: RunFolder) => () =>
    writeAside(folder.file("out"), "12345").then(() => ({ summary: { runs: ++runs }, files: ["out"] }));
  const first = await open();
  expect(await first.stage("one", work(first))).toEqual({ runs: 1 });
  first.close();
  const second = await open();
  expect(await second.stage("one", work(second))).toEqual({ runs: 1 });
  await truncate(second.file("out"), 3);
  expect(await second.stage("one", work(second))).toEqual({ runs: 2 });
  await rm(second.file("out"));
  expect(await second.stage("one", work(second))).toEqual({ runs: 3 });
  second.close();
});

test("a stage that fails leaves no marker", async () => {
  const folder = await open();
  await expect(folder.stage("one", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(folder.file("stages", "one.json"))).toBe(false);
  folder.close();
});

test("a marker cut short by a crash counts as none", async () => {
  const folder = await open();
  await writeFile(folder.file("stages", "one.json"), '{"summ');
  expect(await folder.stage("one", async () => ({ summary: 5, files: [] }))).toBe(5);
  folder.close();
});

test("runs with other settings are not mixed, and nothing is lost", async () => {
  (await open()).close();
  await expect(open({ steps: 2 })).rejects.toThrow(/steps: 1, now 2/);
  expect(JSON.parse(await readFile(join(base, "run", "run.json"), "utf8"))).toEqual({ steps: 1 });
  (await open()).close(); // the refusal gave the lock back
});

test("stages whose settings nobody can tell are not taken for this run's", async () => {
  const folder = await open();
  await folder.stage("one", async () => ({ summary: 5, files: [] }));
  folder.close();
  await writeFile(folder.file("run.json"), '{"ste');
  await expect(open()).rejects.toThrow(/run.json is gone or damaged.*--name/);
});

test("a folder that cannot be made is named, with the way out", async () => {
  await writeFile(join(base, "file"), "");
  const place = join(base, "file", "run");
  await expect(RunFolder.open(place, { steps: 1 })).rejects.toThrow(/file.run cannot be made.*--runs/);
});

test("two processes do not share a folder, and a dead one's lock is taken over", async () => {
  const folder = await open();
  await expect(open()).rejects.toThrow(DemoError);
  folder.close();
  await writeFile(
    folder.file("lock"),
    JSON.stringify({ pid: 2 ** 22 + 1, host: (await import("node:os")).hostname() }),
  );
  (await open()).close();
  await writeFile(folder.file("lock"), "");
  (await open()).close();
  await writeFile(folder.file("lock"), JSON.stringify({ pid: 1, host: "another-machine" }));
  await expect(open()).rejects.toThrow(/another-machine/);
  expect(await readdir(join(base, "run"))).toEqual(["lock", "run.json", "stages"]);
});

test("who gives a lock back leaves one that another process has taken meanwhile", async () => {
  const folder = await open();
  const other = JSON.stringify({ pid: 1, host: "another-machine" });
  await writeFile(folder.file("lock"), other);
  folder.close();
  expect(await readFile(folder.file("lock"), "utf8")).toBe(other);
});
