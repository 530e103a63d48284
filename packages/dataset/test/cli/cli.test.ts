import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Io, run as runProgram } from "@llm/platform/command";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { program } from "../../src/cli/program.js";
import { parseStats, pipeline } from "../../src/index.js";
import { readManifest, readStats, run } from "../../src/node/index.js";

const CONFIG = fileURLToPath(new URL("./crawl.config.ts", import.meta.url));
const near = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dataset-cli-"));
  mkdirSync(at("in"));
  const records = [
    { id: "one", text: "a few words", url: "https://example.org/1" },
    { id: "two", text: `${near} and the end` },
    { id: "three", text: `${near} and an end` },
  ];
  writeFileSync(at("in/a.jsonl"), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  writeFileSync(at("in/b.txt"), "plain\u001b[31m");
  process.env["CRAWL"] = at("in");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  delete process.env["CRAWL"];
});

/** Runs the command in this process. */
async function dataset(
  argv: string[],
  options: { stdin?: string; tty?: boolean; env?: Record<string, string>; signal?: AbortSignal } = {},
) {
  const { stdin = "", tty = false, env = {}, signal = new AbortController().signal } = options;
  const [out, err] = [collector(), collector()];
  const code = await runProgram(program, argv, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: Object.assign(out.stream, { isTTY: tty }),
    stderr: Object.assign(err.stream, { isTTY: tty, columns: 60 }),
    env,
    signal,
  });
  return { code, out: out.text(), err: err.text() };
}

function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

describe("run", () => {
  test("documents to stdout, the table to stderr", async () => {
    const { code, out, err } = await dataset(["run", CONFIG]);
    expect(code).toBe(0);
    const kept = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(kept.map(({ text }) => text)).toEqual(["A FEW WORDS", "PLAIN\u001b[31M"]);
    expect(err.split("\n")).toEqual([
      "step        in  out    kept  dropped",
      "readFolder   4    4  100.0%",
      "short        4    2   50.0%  too_long 2",
      "shout        2    2  100.0%",
      "",
    ]);
  });

  test("to a file, with statistics that `stats` reads", async () => {
    const [out, log, html] = [at("out.jsonl.gz"), at("logs"), at("run.html")];
    const run = await dataset(["run", CONFIG, "--out", out, "--log-dir", log, "--html", html, "--json"]);
    expect([run.code, run.err]).toEqual([0, ""]);
    expect(JSON.parse(run.out)).toMatchObject({
      documents: 2,
      out,
      stats: [{ in: 4 }, {}, { out: 2 }],
    });
    expect(readFileSync(html, "utf8")).toContain("<title>crawl.config.ts</title>");
    // Another task of the same job.
    writeFileSync(join(log, "stats/00001.json"), readFileSync(join(log, "stats/00000.json")));
    const stats = await dataset(["stats", log, "--html", at("stats.html"), "--title", "Both", "--json"]);
    expect([stats.code, stats.err]).toEqual([0, ""]);
    const [, short] = parseStats(stats.out);
    expect(short).toMatchObject({ in: 8, dropped: { too_long: 4 }, details: { lengths: expect.anything() } });
    expect(readFileSync(at("stats.html"), "utf8")).toContain("<title>Both</title>");
    expect((await dataset(["stats", log])).out).toContain("short        8    4   50.0%  too_long 4\n");
  });

  test("of several stages, which `stats` reads one by one", async () => {
    const log = at("stages-log");
    let failing = true;
    const stages = [
      pipeline([{ id: "1", text: "one", meta: {} }]),
      {
        name: "count",
        tasks: 3,
        run: async (rank: number) => {
          if (rank === 2 && failing) throw new Error("not yet");
          return { pairs: rank };
        },
      },
    ];
    await expect(run(stages, { logDir: log })).rejects.toThrow("not yet");
    const stats = () => dataset(["stats", log]);
    const source =
      "documents: 1 of 1 tasks complete\nstep       in  out    kept  dropped\ndocuments   1    1  100.0%\n";
    expect(await stats()).toEqual({
      code: 0,
      err: "",
      out: `${source}\ncount: 2 of 3 tasks complete\n  pairs 1\n`,
    });
    failing = false;
    await run(stages, { logDir: log });
    const json = JSON.parse((await dataset(["stats", log, "--json"])).out);
    expect(json).toMatchObject([
      { name: "documents", steps: [{ out: 1 }] },
      { complete: 3, counts: { pairs: 3 } },
    ]);
    const { code, err } = await dataset(["stats", log, "--html", at("x.html")]);
    expect([code, err]).toEqual([2, expect.stringContaining("--html is for one pipeline")]);
  });

  test("into its sink in tasks, which go on where they were", async () => {
    const [config, out, log] = [at("tasks.config.mjs"), at("tasks-out"), at("tasks-log")];
    writeFileSync(
      config,
      `import { filter, pipeline } from "@llm/dataset";
       import { defineConfig, readFolder, writeJsonl } from "@llm/dataset/node";
       const broken = filter("broken", () => {
         if (process.env.BROKEN) throw new Error("torn");
         return { keep: true, metric: "checks", value: 1, threshold: 1 };
       });
       const p = pipeline(readFolder(process.env.CRAWL), broken, writeJsonl(${JSON.stringify(out)}, { compression: "none" }));
       export default defineConfig({ pipeline: p, tasks: 2 });`,
    );
    expect((await dataset(["run", config])).err).toContain("--log-dir is missing");
    process.env["BROKEN"] = "1";
    const failed = await dataset(["run", config, "--log-dir", log]);
    delete process.env["BROKEN"];
    expect([failed.code, failed.err]).toEqual([
      1,
      expect.stringMatching(/2 of 2 tasks failed .*Error: torn/),
    ]);
    const { code, out: json, err } = await dataset(["run", config, "--log-dir", log, "--json"]);
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(json)).toMatchObject({
      documents: 4,
      out,
      stats: [{ in: 4 }, { name: "broken", out: 4 }],
    });
    expect(readdirSync(out).sort()).toEqual(["00000.jsonl", "00001.jsonl"]);
    expect((await readStats(log))[1]!.details!.metrics["checks"]!.histogram).toEqual([[1, 4, 0]]);
    expect((await dataset(["run", config, "--out", at("x.jsonl"), "--tasks", "2"])).err).toContain(
      "without --out",
    );
  });

  test.each([
    ["none.ts", undefined, /none\.ts: there is no such file/],
    [
      "empty.config.ts",
      "export const a: number = 1;",
      /empty\.config\.ts: its default export is no pipeline/,
    ],
    ["torn.config.ts", "export default {", /torn\.config\.ts: /],
  ])("a configuration that is none: %s", async (name, content, message) => {
    if (content !== undefined) writeFileSync(at(name), content);
    const { code, out, err } = await dataset(["run", at(name)]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(message);
    expect(err).not.toContain("    at ");
  });

  test("--json needs stdout for itself", async () => {
    const { code, err } = await dataset(["run", CONFIG, "--json"]);
    expect([code, err]).toEqual([2, expect.stringContaining("give --out")]);
  });

  test("Ctrl-C ends it with 130 and leaves no file", async () => {
    const controller = new AbortController();
    controller.abort();
    const argv = ["run", CONFIG, "--out", at("never.jsonl"), "--log-dir", at("never")];
    expect(await dataset(argv, { signal: controller.signal })).toEqual({
      code: 130,
      out: "",
      err: "dataset: stopped\n",
    });
    expect(readdirSync(folder).filter((name) => name.startsWith("never"))).toEqual([]);
  });

  test("progress on a terminal only, and not with NO_COLOR", async () => {
    const argv = ["run", CONFIG, "--out", at("p.jsonl")];
    expect((await dataset(argv, { tty: true })).err).toContain("\r\u001b[2K1 documents kept, 0 dropped");
    expect((await dataset(argv)).err).not.toContain("\u001b");
    for (const [name, value] of [
      ["NO_COLOR", "1"],
      ["TERM", "dumb"],
    ] as const) {
      expect((await dataset(argv, { tty: true, env: { [name]: value } })).err).not.toContain("\u001b");
    }
  });
});

describe("explain", () => {
  test("documents of a file, one of them, as text and as JSON", async () => {
    const all = await dataset(["explain", CONFIG, at("in/a.jsonl")]);
    expect(all.code).toBe(0);
    expect(all.out.match(/^(?:kept|dropped by .*)$/gm)).toEqual([
      "kept",
      `dropped by short: too_long (length ${near.length + 12}, max 12)`,
      `dropped by short: too_long (length ${near.length + 11}, max 12)`,
    ]);
    const one = await dataset(["explain", CONFIG, at("in/a.jsonl"), "--limit", "1", "--json"]);
    expect(JSON.parse(one.out)).toMatchObject({
      keep: true,
      steps: [
        { step: "short", verdicts: [{ metric: "length", value: 11, threshold: 12 }] },
        {
          step: "shout",
          changes: { before: 11, lines: [{ removed: ["a few words"], added: ["A FEW WORDS"] }] },
        },
      ],
    });
    const { id } = JSON.parse(one.out);
    const again = await dataset(["explain", CONFIG, at("in"), "--id", id]);
    expect(again.out.split("\n").slice(0, 2)).toEqual([`${id}  https://example.org/1`, "kept"]);
    const none = await dataset(["explain", CONFIG, at("in"), "--id", "x"]);
    expect([none.out, none.err]).toEqual(["", `dataset: no document "x" in ${at("in")}\n`]);
  });

  test("a page from stdin and from a server", async () => {
    const html = "<!doctype html><p>é</p>";
    const argv = ["explain", CONFIG, "-", "--url", "https://a.example/", "--json"];
    const piped = JSON.parse((await dataset(argv, { stdin: html })).out);
    const server = createServer((request, response) => {
      response.writeHead(request.url === "/" ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
      response.end(html);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      const fetched = JSON.parse((await dataset(["explain", CONFIG, url, "--json"])).out);
      expect([piped.document.meta, fetched.document.meta]).toEqual([
        { url: "https://a.example/", mediaType: "text/html" },
        { url, mediaType: "text/html" },
      ]);
      expect(fetched.document.text).toBe(html.toUpperCase());
      const missing = await dataset(["explain", CONFIG, `${url}x`]);
      expect([missing.code, missing.err]).toEqual([1, `dataset: ${url}x: the server answered 404\n`]);
    } finally {
      server.close();
    }
    const gone = await dataset(["explain", CONFIG, url]);
    expect([gone.code, gone.err]).toEqual([
      1,
      `dataset: ${url}: cannot be fetched: check the address and the network\n`,
    ]);
  });
});

describe("dedup and tokenize", () => {
  test("one of each cluster is kept", async () => {
    const argv = ["dedup", at("in"), at("unique"), "--buckets", "40", "--hashes", "2"];
    const { code, out } = await dataset([...argv, "--json"]);
    expect(code).toBe(0);
    const { stages } = JSON.parse(out);
    expect(stages.map(({ name }: { name: string }) => name)).toEqual(
      ["signatures", "buckets", "clusters", "filter"].map((name) => `minhash-${name}`),
    );
    expect(stages[3]).toMatchObject({ counts: { documents: 4, kept: 3, removed: 1 } });
    const view = await dataset(["view", at("unique"), "--json"]);
    expect(view.out.trim().split("\n").length).toBe(3);
    expect((await dataset(argv)).err).toContain("minhash-filter: 4 documents, 3 kept, 1 removed\n");
    expect((await dataset([...argv, "--policy", "last"])).err).toContain(
      "Allowed choices are first, longest, datatrove",
    );
  });

  test("shards that hold all documents", async () => {
    const { train } = await import("@llm/bpe" as string);
    const tokenizer = await train("a few words and more of them", { vocabSize: 260, specialTokens: ["<s>"] });
    writeFileSync(at("tokenizer.json"), JSON.stringify(tokenizer.toHF()));
    const argv = ["tokenize", at("in"), at("shards"), "--tokenizer", at("tokenizer.json")];
    const { code, out, err } = await dataset([...argv, "--separator", "<s>", "--json"]);
    expect([code, err]).toEqual([0, ""]);
    const manifest = await readManifest(at("shards"));
    expect(JSON.parse(out)).toEqual(manifest);
    expect(manifest).toMatchObject({ documents: 4, separator: tokenizer.specialTokens.get("<s>") });
    const none = await dataset([...argv, "--separator", "none"]);
    expect(none.err).toBe(`${at("shards")}: ${manifest.tokens - 4} tokens of 4 documents in 1 shards\n`);
    const wrong = await dataset(argv);
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringContaining("<|endoftext|> is no special token"),
    ]);
  });
});

describe("view", () => {
  test("ids, what is known, and text that cannot command a terminal", async () => {
    const { code, out } = await dataset(["view", at("in"), "--grep", "PLAIN"]);
    expect([code, out]).toEqual([0, "━━━ b.txt\nmediaType: text/plain\n\nplain\ufffd[31m\n"]);
    const json = await dataset(["view", at("in"), "--grep", "example\\.org", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({
      text: "a few words",
      meta: { url: "https://example.org/1" },
    });
    expect((await dataset(["view", at("in"), "--limit", "2"])).out.match(/^━━━/gm)!.length).toBe(2);
  });

  test("through a pager on a terminal", async () => {
    const { code, out } = await dataset(["view", at("in/b.txt")], {
      tty: true,
      env: { ...(process.env as Record<string, string>), TERM: "xterm", PAGER: `cat > '${at("paged")}'` },
    });
    expect([code, out]).toEqual([0, ""]);
    expect(readFileSync(at("paged"), "utf8")).toContain("━━━ b.txt\n");
  });

  test("what cannot be read is told", async () => {
    writeFileSync(at("latin.txt"), Buffer.from([0x61, 0xff, 0xfe]));
    const { code, out, err } = await dataset(["view", at("latin.txt")]);
    expect([code, out, err]).toEqual([
      0,
      "",
      "dataset: latin.txt cannot be read: invalid_utf8 (not UTF-8)\n",
    ]);
  });
});

test("run --out x.parquet writes Parquet", async () => {
  const out = at("clean.parquet");
  expect((await dataset(["run", CONFIG, "--out", out, "--json"])).code).toBe(0);
  expect(readFileSync(out).subarray(0, 4).toString()).toBe("PAR1");
  const lines = at("clean.jsonl");
  await dataset(["run", CONFIG, "--out", lines]);
  const [parquet, jsonl] = await Promise.all([out, lines].map((path) => dataset(["view", path, "--json"])));
  expect(parquet!.out).toBe(jsonl!.out);
  expect(parquet!.out).not.toBe("");
});

describe("a place that cannot be written fails before the work", () => {
  const bad = () => at("in/b.txt/x");
  test.each([
    ["run --out", () => ["run", CONFIG, "--out", bad(), "--log-dir", at("none")]],
    ["run --html", () => ["run", CONFIG, "--out", at("none"), "--html", bad()]],
    ["run --log-dir", () => ["run", CONFIG, "--out", at("none"), "--log-dir", bad()]],
    ["dedup", () => ["dedup", at("in"), bad(), "--work", at("none")]],
    ["dedup --work", () => ["dedup", at("in"), at("none"), "--work", bad()]],
    ["tokenize", () => ["tokenize", at("in"), bad(), "--tokenizer", at("absent.json")]],
    ["a folder where a file should be", () => ["run", CONFIG, "--out", at("in"), "--log-dir", at("none")]],
  ])("%s", async (_, argv) => {
    const { code, out, err } = await dataset(argv());
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^dataset: cannot write .*\/(b\.txt\/.*: .* is not a folder|in: it is a folder)/);
    expect(readdirSync(folder)).not.toContain("none");
  });

  test("a sink, and the page of `stats`", async () => {
    const config = at("bad-sink.config.mjs");
    writeFileSync(
      config,
      `import { pipeline } from "@llm/dataset";
       import { readFolder, writeJsonl } from "@llm/dataset/node";
       export default pipeline(readFolder(process.env.CRAWL), writeJsonl(${JSON.stringify(bad())}));`,
    );
    const log = at("sink-log");
    expect((await dataset(["run", config, "--log-dir", log])).err).toMatch(/cannot write .*not a folder/);
    expect(readdirSync(folder)).not.toContain("sink-log");
    await dataset(["run", CONFIG, "--out", at("o.jsonl"), "--log-dir", log]);
    const { code, err } = await dataset(["stats", log, "--html", bad()]);
    expect([code, err]).toEqual([1, expect.stringMatching(/cannot write .*not a folder/)]);
  });
});

describe("the command line", () => {
  test.each([
    [
      ["rum"],
      2,
      "dataset: unknown command 'rum'\n(Did you mean run?)\n\"dataset --help\" lists what there is.\n",
    ],
    [
      ["stats", "x", "--htlm", "y"],
      2,
      /^dataset: unknown option '--htlm'\n\(Did you mean --html\?\)\n"dataset stats --help"/,
    ],
    [["view"], 2, /^dataset: missing required argument 'target'\n"dataset view --help"/],
    [["view", "a", "b"], 2, /^dataset: too many arguments for 'view'\. Expected 1 argument but got 2/],
    [
      ["view", "a", "--limit", "0"],
      2,
      /'--limit <n>' argument '0' is invalid\. It must be a whole number from 1/,
    ],
    [
      ["view", "a", "--grep", "("],
      2,
      /'--grep <pattern>' argument '\(' is invalid\. Invalid regular expression/,
    ],
    [["explain", CONFIG, "a", "--url", "b"], 2, /--url is for a page that comes from stdin/],
    [["tokenize", "a", "b"], 2, /'--tokenizer <path>' not specified/],
    [
      ["run", CONFIG, "--out", "/tmp/clean.csv"],
      2,
      /clean\.csv does not say the format: let the name end in \.jsonl/,
    ],
    [["run", CONFIG, "--out", "/tmp/clean"], 2, /does not say the format/],
    [
      ["run", CONFIG, "--out", "/tmp"],
      1,
      /it is a folder, and --out takes a file, such as \/tmp\/clean\.jsonl\.gz/,
    ],
    [
      [
        "tokenize",
        fileURLToPath(new URL("../golden", import.meta.url)),
        "/tmp/none",
        "--tokenizer",
        "/nowhere/t.json",
      ],
      1,
      /\/nowhere\/t\.json/,
    ],
    [["stats", "/nowhere/at/all"], 1, /There is nothing at "\/nowhere\/at\/all"/],
    [[], 2, /no command was given/],
  ] as const)("%j: %i", async (argv, code, message) => {
    const result = await dataset([...argv]);
    expect([result.code, result.out]).toEqual([code, ""]);
    if (typeof message === "string") expect(result.err).toBe(message);
    else expect(result.err).toMatch(message);
  });

  test("a log folder without statistics, and with broken ones", async () => {
    mkdirSync(at("empty"));
    expect((await dataset(["stats", at("empty")])).err).toContain("No statistics in");
    writeFileSync(at("empty/00000.json"), '{"version":1,');
    const { code, err } = await dataset(["stats", at("empty")]);
    expect([code, err]).toEqual([1, expect.stringContaining("00000.json is not JSON")]);
  });

  test("help for all, and a version", async () => {
    const { out } = await dataset(["--help"]);
    const names = [...out.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name]) => name!);
    expect(names).toEqual(["run", "explain", "stats", "dedup", "tokenize", "view"]);
    for (const name of names) {
      const help = await dataset([name, "--help"]);
      expect([help.code, help.err]).toEqual([0, ""]);
      expect(help.out.split("\n")[0]).toMatch(new RegExp(`^Usage: dataset ${name} .*<`));
    }
    expect((await dataset(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test("the commands in the README are as it says", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const lines = [...readme.matchAll(/^npx @llm\/dataset (\w+) (.*?)\s+#/gm)];
  const commands = program.commands.map((make) => make({} as Io));
  expect(lines.map(([, name]) => name).sort()).toEqual(commands.map((command) => command.name()).sort());
  for (const [, name, rest] of lines) {
    const command = commands.find((command) => command.name() === name)!;
    const checked = command.exitOverride().action(() => {});
    expect(() => checked.parse(rest!.split(" "), { from: "user" })).not.toThrow();
  }
});

describe("as a process", () => {
  const start = (argv: string[]) => {
    const flags = ["--conditions=@llm/source", "--import", import.meta.resolve("tsx")];
    const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
    return spawn(process.execPath, [...flags, main, ...argv], { stdio: "pipe" });
  };

  test("a reader that leaves ends it quietly", async () => {
    const many = `${JSON.stringify({ text: near })}\n`.repeat(20_000);
    writeFileSync(at("many.jsonl"), many);
    const child = start(["view", at("many.jsonl")]);
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect([code, err]).toEqual([0, ""]);
  });

  test("Ctrl-C while it waits for stdin: 130", async () => {
    const child = start(["explain", CONFIG, "-"]);
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.stdin.on("error", () => {});
    // More than a pipe holds: once it is written the child reads. Before, Node itself would end the process by the signal.
    child.stdin.write("some words ".repeat(500_000), () => child.kill("SIGINT"));
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect([code, err]).toEqual([130, "dataset: stopped\n"]);
  });
});
