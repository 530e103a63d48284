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

test("Ctrl-C under npm in a terminal: it stops by itself, with a checkpoint, and gives the lock back", async ({
  skip,
}) => {
  if (process.platform === "win32") return skip(); // no `script` there
  const runs = join(base, "terminal");
  const command = `npm run demo -- --input ${pages} --runs ${runs} --steps 100000`;
  const { code, shown } = await interruptInTerminal(command, /step [1-9]\d*\/1/); // what is behind it may be cut off
  expect(shown).toContain("The same command goes on from there");
  expect(code).toBe(130);
  expect(readdirSync(join(runs, "demo", "checkpoints"))).toHaveLength(1);
  expect(existsSync(join(runs, "demo", "lock"))).toBe(false);
});

test("a signal from elsewhere does the same", async () => {
  const runs = join(base, "signal");
  const main = ["--import", "tsx", "--conditions=@llm/source", "apps/demo/src/main.ts"];
  const child = spawn(process.execPath, [...main, "--input", pages, "--runs", runs, "--steps", "100000"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (data) => {
    errors += data;
    if (/step \d+\/100,000 {2}loss/.test(String(data))) child.kill("SIGINT");
  });
  const code = await new Promise((done) => child.on("exit", done));
  expect(errors).toContain("The same command goes on from there");
  expect(code).toBe(130);
  expect(readdirSync(join(runs, "demo", "checkpoints"))).toHaveLength(1);
  expect(existsSync(join(runs, "demo", "lock"))).toBe(false);
});
