import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { proseFolder } from "./prose.js";

const [script] = ["script"] as const;
const root = resolve(import.meta.dirname, "../../..");
let base: string;
let pages: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "llm-demo-"));
  pages = await proseFolder(join(base, "pages"), 12);
});
afterAll(() => rm(base, { recursive: true, force: true }));

/**
 * Runs a command in a terminal of its own (util-linux's or BSD's `script`), and presses Ctrl-C once it says what is waited for.
 * Answers its exit code and all it showed.
 */
function interruptInTerminal(
  command: string,
  moment: RegExp,
): Promise<{ code: number | null; shown: string }> {
  const argv =
    process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", command] : ["-qec", command, "/dev/null"];
  const child = spawn(script, argv, { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL")); // its terminal goes with it, and what runs there
  let shown = "";
  let isPressed = false;
  child.stdout.on("data", (data) => {
    shown += data;
    if (isPressed || !moment.test(shown)) return;
    isPressed = true;
    child.stdin.write("\x03");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve({ code, shown }));
  });
}

const expectStopped = (runs: string, checkpoints: number) => {
  expect(readdirSync(join(runs, "quick", "checkpoints"))).toHaveLength(checkpoints);
  expect(existsSync(join(runs, "quick", "lock"))).toBe(false);
};
const options = (runs: string) => ["--quick", "--input", pages, "--runs", runs, "--steps", "100000"];

test("Ctrl-C under npm in a terminal: it stops by itself, with a checkpoint, and gives the lock back; so does a signal from elsewhere, later", async () => {
  const runs = join(base, "runs");
  // Windows has no `script`: there the signal alone is tested.
  const isTerminal = process.platform !== "win32";
  if (isTerminal) {
    const command = `npm run demo -- ${options(runs).join(" ")}`;
    const { code, shown } = await interruptInTerminal(command, /step [1-9]\d*\/1/); // what is behind it may be cut off
    expect(shown).toContain("The same command goes on from there");
    expect(code).toBe(130);
    expectStopped(runs, 1);
  }

  const main = ["--import", "tsx", "--conditions=@llm/source", "apps/demo/src/main.ts"];
  const child = spawn(process.execPath, [...main, ...options(runs)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = { out: "", err: "" };
  child.stdout.on("data", (data) => {
    said.out += data;
  });
  child.stderr.on("data", (data) => {
    said.err += data;
    if (/step [\d,]+\/100,000 {2}loss/.test(String(data))) child.kill("SIGINT");
  });
  const code = await new Promise((done) => child.on("exit", done));
  expect(said.err).toContain("The same command goes on from there");
  if (isTerminal) expect(said.out).toContain("Going on from the checkpoint of step");
  expect(code).toBe(130);
  expectStopped(runs, isTerminal ? 2 : 1);
});
