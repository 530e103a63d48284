import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kindOf } from "../src/cleaning.js";
import type { ExplainArguments } from "../src/commands/arguments.js";
import { explainFile } from "../src/explain.js";
import { pagesToWarc } from "../src/pages-to-warc.js";
import { sample } from "../src/sample.js";
import { Terminal } from "../src/terminal.js";
import { prose, proseFolder } from "./prose.js";
import { copyBefore, messageOf, type TinyRun, tinyRun } from "./tiny.js";

const [mount, umount] = ["mount", "umount"] as const;

/** Runs the demo in this process; `until` may look at the progress and stop it. */
function demo(name: string, options: Partial<TinyRun> = {}) {
  return tinyRun(name, { input: [pages], runs: join(base, "runs"), ...options });
}

let base: string;
let pages: string;
/** A run from beginning to end, which other tests look at or begin with a part of. */
let whole: Awaited<ReturnType<typeof demo>>;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "llm-demo-"));
  pages = await proseFolder(join(base, "pages"), 12);
  whole = await demo("whole");
});
afterAll(() => rm(base, { recursive: true, force: true }));

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
    const { folder, text, error } = whole;
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
    const { folder } = whole;
    const before = statSync(join(folder, "model", "model.safetensors")).mtimeMs;
    const { text, progress } = await demo("whole");
    expect(progress).not.toContain("loss");
    expect(text).toContain("the model");
    expect(statSync(join(folder, "model", "model.safetensors")).mtimeMs).toBe(before);
  });

  test.each([
    ["documents kept", "clean"],
    ["merge 10 ", "tokenizer"],
    ["step 5/12", "pretrain"],
    ["step 12/12", "pretrain"],
    ["measuring", "pretrain"],
  ])('stopped at "%s" and started again, it ends as if it had not been stopped', async (moment, stage) => {
    const name = `stopped-${moment.replace(/\W/g, "-")}`;
    copyBefore(stage, whole.folder, join(base, "runs", name));
    const first = await demo(name, { until: (text) => text.includes(moment) });
    expect((first.error as Error)?.name).toBe("AbortError");
    const second = await demo(name);
    expect(second.error).toBeUndefined();
    expect(result(second.folder)).toEqual(result(whole.folder));
  });

  test("a checkpoint cut short is passed over for the one before it", async () => {
    copyBefore("pretrain", whole.folder, join(base, "runs", "cut"));
    const { folder } = await demo("cut", { until: (text) => text.includes("step 11/12") });
    const saved = readdirSync(join(folder, "checkpoints")).sort();
    expect(saved.length).toBeGreaterThan(1);
    truncateSync(join(folder, "checkpoints", saved.at(-1)!, "model.safetensors"), 1000);
    const second = await demo("cut");
    expect(second.error).toBeUndefined();
    expect(second.progress).toMatch(/damaged: model.safetensors has 1000 bytes/);
    expect(result(second.folder)).toEqual(result(whole.folder));
  });

  test("without a single whole checkpoint it says so, and deletes nothing", async () => {
    copyBefore("pretrain", whole.folder, join(base, "runs", "all-cut"));
    const { folder } = await demo("all-cut", { until: (text) => text.includes("step 3/12") });
    for (const name of readdirSync(join(folder, "checkpoints"))) {
      truncateSync(join(folder, "checkpoints", name, "checkpoint.json"), 10);
    }
    const { error } = await demo("all-cut");
    expect(messageOf(error)).toMatch(/none of the .* checkpoints .* is whole/);
    expect(readdirSync(join(folder, "checkpoints")).length).toBeGreaterThan(0);
  });

  test("reading a part is said loudly, with the way to read all, and in the report", async () => {
    const { progress, folder, error } = await demo("part", { steps: 1, more: { megabytes: 0.02 } });
    expect(error).toBeUndefined();
    expect(progress).toMatch(/ONLY A PART IS READ: \d+ of 12 files.*because --megabytes is 0\.02/);
    expect(progress).toContain("To read all of it: --megabytes 1");
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("a part of 12 files");
    expect(whole.progress).not.toContain("A PART");
  });

  test("what came in is what was kept and what was dropped, also where documents are cut into parts", async () => {
    const long = join(base, "long");
    cpSync(pages, long, { recursive: true });
    const book = Array.from({ length: 30 }, (_, i) => prose(i + 100)).join("\n\n");
    writeFileSync(join(long, "book.md"), `# A book\n\n${book}\n`);
    writeFileSync(join(long, "short.md"), "Too short.\n");
    const { text, folder } = await demo("long", { input: [long], steps: 1 });
    expect(text).toMatch(/parts +14 +14 .*cut into 1[5-9]/);
    const html = readFileSync(join(folder, "report.html"), "utf8");
    const [, rows] = /<caption>Documents by step<\/caption>[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(html)!;
    const numbers = [...rows!.matchAll(/<tr><td>\w+<\/td>((?:<td class="number">\d+<\/td>)+)/g)].map(
      ([, cells]) => [...cells!.matchAll(/\d+/g)].map(Number),
    );
    expect(numbers.length).toBeGreaterThan(8);
    for (const [all, kept, dropped] of numbers) expect(all).toBe(kept! + dropped!);
  });

  test("other settings do not continue it", async () => {
    expect(messageOf((await demo("whole", { steps: 13 })).error)).toMatch(/steps: 12, now 13/);
  });
});

describe("what the input is decides how it is judged", () => {
  test("Markdown is documentation", () => {
    const { text } = whole;
    expect(text).toContain("judged as documentation");
    expect(text).toContain("Relaxed for documentation");
  });

  test.each([
    [["a.md", "b.markdown.gz", "c.html"], "documentation"],
    [["a.md", "b.html"], "pages"],
    [["a.html.gz", "b.warc.gz"], "pages"],
    [["a.txt", "b.jsonl"], "pages"],
  ])("%j is %s", (files, kind) => {
    expect(kindOf(files)).toBe(kind);
  });
});

describe("explain", () => {
  const explained = async (args: Partial<ExplainArguments>) => {
    let text = "";
    const write = (piece: string | Uint8Array) => {
      text += piece;
      return true;
    };
    const stdout = { write };
    const terminal = new Terminal({ stdout, stderr: stdout, env: {} });
    await explainFile({ file: join(pages, "page-1.md"), ...args }, terminal);
    return text;
  };

  test("counts tokens by a run that is named", async () => {
    expect(await explained({ name: "whole", runs: join(base, "runs") })).toContain(
      'tokens to the run "whole"',
    );
  });

  test("refuses a run that is not there, by --name or by --runs", async () => {
    await expect(explained({ name: "nosuch", runs: join(base, "runs") })).rejects.toThrow(
      /nosuch holds no run/,
    );
    await expect(explained({ runs: join(base, "nowhere") })).rejects.toThrow(/nowhere.demo holds no run/);
    await expect(explained({ name: "nosuch" })).rejects.toThrow(/nosuch holds no run/);
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

  test("a truncated gzip, a broken JSON line and a file that is not UTF-8 are counted skips", async () => {
    cpSync(pages, broken(), { recursive: true });
    const bad: [name: string, reason: string, content: string | Uint8Array][] = [
      ["cut.txt.gz", "truncated_gzip", gzipSync(prose(50)).subarray(0, 300)],
      ["lines.jsonl", "invalid_json", `{"text": ${JSON.stringify(prose(51))}}\n{"text": "broken\n`],
      ["latin.txt", "invalid_utf8", Buffer.from(`caf\u00e9 ${prose(52)}`, "latin1")],
    ];
    for (const [name, , content] of bad) writeFileSync(join(broken(), name), content);
    const { folder, error, text } = await demo("bad", { input: [broken()], steps: 1 });
    expect(error).toBeUndefined();
    const { dropped } = funnelOf(folder);
    expect(dropped).toHaveLength(bad.length);
    const drops = readFileSync(join(folder, "drops.jsonl"), "utf8");
    for (const [name, reason] of bad) {
      expect(dropped).toContainEqual(expect.objectContaining({ reason, count: 1 }));
      expect(text).toContain(reason);
      expect(drops).toContain(name);
    }
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
      expect(result(folder)).toEqual(result(whole.folder));
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
  expect(text).toContain("judged as web pages, by FineWeb's own rules");
  expect(text).not.toContain("Relaxed");
});
