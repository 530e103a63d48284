import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunArguments } from "../src/commands/arguments.js";
import { withWayOut } from "../src/errors.js";
import { pagesToWarc } from "../src/pages-to-warc.js";
import { run } from "../src/run.js";
import { sample } from "../src/sample.js";
import { recipe as full, type Recipe } from "../src/settings.js";
import { Terminal } from "../src/terminal.js";
import { prose, proseFolder } from "./prose.js";

const [mount, umount] = ["mount", "umount"] as const;

const recipe: Recipe = {
  ...full,
  vocabSize: 300,
  evaluationWindows: 8,
  model: { nLayer: 1, nHead: 2, nEmbd: 16, blockSize: 48, mlpWidth: 32 },
  textbook: { pages: 6, share: 0.5 },
  training: { ...full.training, batchSize: 4, evaluations: 3, stepsBetween: 1 },
  sft: {
    ...full.sft,
    conversations: { sums: 40, worked: 0.5, facts: 8, twoTurns: 0.1 },
    steps: 6,
    batchSize: 2,
    checkpointEvery: 2,
  },
  grpo: { ...full.grpo, steps: 3, prompts: 2, samples: 4, maxTokens: 6, checkpointEvery: 1 },
  controls: { sftSteps: 2 },
  questions: { sums: 4, samples: 2, names: 2 },
  sampleTokens: 8,
};

let base: string;
let pages: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "llm-demo-"));
  pages = await proseFolder(join(base, "pages"), 12);
});
afterAll(() => rm(base, { recursive: true, force: true }));

/** Runs the demo in this process; `until` may look at the progress and stop it. */
async function demo(
  name: string,
  {
    input = [pages],
    steps = 12,
    runs = join(base, "runs"),
    last = "base" as "base" | "end",
    until = (_: string): boolean => false,
    more = {} as Partial<RunArguments>,
  } = {},
) {
  const abort = new AbortController();
  const out = { text: "", progress: "" };
  const terminal = new Terminal({
    env: {},
    stdout: {
      write: (text: string | Uint8Array) => {
        out.text += text;
        return true;
      },
    },
    stderr: {
      isTTY: true,
      columns: 200,
      write: (text: string | Uint8Array) => {
        out.progress += text;
        if (until(String(text))) abort.abort();
        return true;
      },
    },
  });
  const plain = { quick: false, until: last, controls: false, rewardModel: false, seeds: 1 };
  const args = { ...plain, input, name, runs, steps, seed: 3, megabytes: 10, ...more };
  const folder = join(runs, name);
  try {
    await run(args, { recipe, terminal, signal: abort.signal });
    return { ...out, folder, error: undefined };
  } catch (error) {
    return { ...out, folder, error };
  }
}

/** What the command says of an error. */
function messageOf(error: unknown): string {
  return (withWayOut(error) as Error).message;
}

/** Every file of the latest checkpoint and of the model, the log without times, and the report. */
function result(folder: string): Record<string, string> {
  const latest = join("checkpoints", readdirSync(join(folder, "checkpoints")).sort().at(-1)!);
  const files = [
    ...readdirSync(join(folder, latest)).map((name) => join(latest, name)),
    "model/model.safetensors",
    "tokenizer.json",
    "scores.json",
  ];
  const log = readFileSync(join(folder, "log.jsonl"), "utf8").replace(/,"seconds":[^,}]*/g, "");
  return {
    log,
    ...Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name)).toString("base64")])),
  };
}

describe("a run", () => {
  test("goes from documents to a report and a model that writes", async () => {
    const { folder, text, error } = await demo("whole");
    expect(error).toBeUndefined();
    for (const part of ["gopherQuality", "bigram", "bits per byte", "report.html"])
      expect(text).toContain(part);
    const html = readFileSync(join(folder, "report.html"), "utf8");
    expect(html.match(/<h3>After/g)).toHaveLength(4); // before the first step, and three times more
    expect(existsSync(join(folder, "lock"))).toBe(false);

    let written = "";
    const options = {
      text: "The reader",
      name: "whole",
      runs: join(base, "runs"),
      tokens: 30,
      temperature: 1,
      topP: 1,
      seed: 1,
    };
    await sample(
      options,
      (piece) => {
        written += piece;
      },
      new AbortController().signal,
    );
    expect(written.startsWith("The reader")).toBe(true);
    expect(written.length).toBeGreaterThan(20);
  });

  test("started again when it is finished, does nothing again", async () => {
    const { folder } = await demo("whole");
    const before = statSync(join(folder, "model", "model.safetensors")).mtimeMs;
    const { text, progress } = await demo("whole");
    expect(progress).not.toContain("loss");
    expect(text).toContain("the model");
    expect(statSync(join(folder, "model", "model.safetensors")).mtimeMs).toBe(before);
  });

  test.each(["documents kept", "merge 10 ", "step 5/12", "step 12/12", "measuring"])(
    'stopped at "%s" and started again, it ends as if it had not been stopped',
    async (moment) => {
      const whole = (await demo("whole")).folder;
      const name = `stopped-${moment.replace(/\W/g, "-")}`;
      const first = await demo(name, { until: (text) => text.includes(moment) });
      expect((first.error as Error)?.name).toBe("AbortError");
      const second = await demo(name);
      expect(second.error).toBeUndefined();
      expect(result(second.folder)).toEqual(result(whole));
    },
  );

  test("a checkpoint cut short is passed over for the one before it", async () => {
    const whole = (await demo("whole")).folder;
    const { folder } = await demo("cut", { until: (text) => text.includes("step 11/12") });
    const saved = readdirSync(join(folder, "checkpoints")).sort();
    expect(saved.length).toBeGreaterThan(1);
    truncateSync(join(folder, "checkpoints", saved.at(-1)!, "model.safetensors"), 1000);
    const second = await demo("cut");
    expect(second.error).toBeUndefined();
    expect(second.progress).toMatch(/damaged: model.safetensors has 1000 bytes/);
    expect(result(second.folder)).toEqual(result(whole));
  });

  test("without a single whole checkpoint it says so, and deletes nothing", async () => {
    const { folder } = await demo("all-cut", { until: (text) => text.includes("step 3/12") });
    for (const name of readdirSync(join(folder, "checkpoints"))) {
      truncateSync(join(folder, "checkpoints", name, "checkpoint.json"), 10);
    }
    const { error } = await demo("all-cut");
    expect(messageOf(error)).toMatch(/none of the .* checkpoints .* is whole/);
    expect(readdirSync(join(folder, "checkpoints")).length).toBeGreaterThan(0);
  });

  test("other settings do not continue it", async () => {
    await demo("whole");
    expect(messageOf((await demo("whole", { steps: 13 })).error)).toMatch(/steps: 12, now 13/);
  });
});

describe("bad input", () => {
  const broken = () => join(base, "broken");
  const funnelOf = (folder: string) =>
    JSON.parse(readFileSync(join(folder, "stages", "clean.json"), "utf8")).summary.funnel[0];

  test("a missing path", async () => {
    expect(messageOf((await demo("missing", { input: [join(base, "nowhere")] })).error)).toMatch(
      /nowhere: there is no such file/,
    );
    expect(existsSync(join(base, "runs", "missing"))).toBe(false);
  });

  test("an empty folder", async () => {
    mkdirSync(join(base, "empty"));
    expect(messageOf((await demo("empty", { input: [join(base, "empty")] })).error)).toMatch(
      /no file here can be read/,
    );
  });

  test("nothing but what the filters drop", async () => {
    const folder = join(base, "dropped");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.txt"), "Too short.");
    const message = messageOf((await demo("dropped", { input: [folder] })).error);
    expect(message).toMatch(/Of 1 documents none was kept/);
    expect(message).toMatch(/1 by /);
  });

  test.each([
    ["a truncated gzip", "cut.txt.gz", gzipSync(prose(50)).subarray(0, 300), "truncated_gzip"],
    [
      "a broken JSON line",
      "lines.jsonl",
      `{"text": ${JSON.stringify(prose(51))}}\n{"text": "broken\n`,
      "invalid_json",
    ],
    [
      "a file that is not UTF-8",
      "latin.txt",
      Buffer.from(`caf\u00e9 ${prose(52)}`, "latin1"),
      "invalid_utf8",
    ],
  ])("%s is a counted skip", async (_, name, content, reason) => {
    rmSync(broken(), { recursive: true, force: true });
    cpSync(pages, broken(), { recursive: true });
    writeFileSync(join(broken(), name), content);
    const { folder, error, text } = await demo(`bad-${reason}`, { input: [broken()], steps: 1 });
    expect(error).toBeUndefined();
    expect(funnelOf(folder).dropped).toMatchObject([{ reason, count: 1 }]);
    expect(text).toContain(reason);
    expect(readFileSync(join(folder, "drops.jsonl"), "utf8")).toContain(name);
  });

  test("a full disk keeps what was finished, and more room lets it go on", async ({ skip }) => {
    const disk = join(base, "disk");
    mkdirSync(disk);
    try {
      execFileSync(mount, ["-t", "tmpfs", "-o", "size=160k", "tmpfs", disk], { stdio: "pipe" });
    } catch {
      console.warn("skipped: no permission to mount a small tmpfs");
      return skip();
    }
    try {
      const { error, folder } = await demo("full", { runs: disk });
      expect(messageOf(error)).toMatch(/disk is full|no space/i);
      const kept = readFileSync(join(folder, "stages", "clean.json"), "utf8");
      execFileSync(mount, ["-o", "remount,size=20m", disk]);
      const again = await demo("full", { runs: disk });
      expect(again.error).toBeUndefined();
      expect(readFileSync(join(folder, "stages", "clean.json"), "utf8")).toBe(kept);
      expect(result(folder)).toEqual(result((await demo("whole")).folder));
    } finally {
      execFileSync(umount, [disk]);
    }
  });
});

test("pages become one WARC file, which the demo reads", async () => {
  const folder = join(base, "html");
  mkdirSync(folder);
  const html = (i: number) =>
    `<html lang="en"><head><title>Page ${i}</title></head><body><nav>Home</nav><article>${prose(i)
      .split("\n\n")
      .map((text) => `<p>${text}</p>`)
      .join("")}</article></body></html>`;
  for (let i = 60; i < 68; i++) writeFileSync(join(folder, `${i}.html.gz`), gzipSync(html(i)));
  writeFileSync(join(folder, "70.html"), html(70));
  const warc = join(base, "pages.warc.gz");
  const quiet = new Terminal({ stdout: { write: () => true }, stderr: { write: () => true }, env: {} });
  await pagesToWarc(folder, warc, quiet);
  const { error, text } = await demo("warc", { input: [warc], steps: 2 });
  expect(error).toBeUndefined();
  expect(text).toMatch(/extract +9 +9/);
});

test("Ctrl-C on the command: exit code 130, a checkpoint, and the lock given back", async () => {
  const root = resolve(import.meta.dirname, "../../..");
  const runs = join(base, "cli");
  const argv = [
    "--import",
    "tsx",
    "--conditions=@llm/source",
    "apps/demo/src/main.ts",
    "--input",
    pages,
    "--runs",
    runs,
  ];
  const child = spawn(process.execPath, [...argv, "--steps", "100000"], {
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
