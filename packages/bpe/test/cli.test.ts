import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { run } from "@llm/platform/command";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { program } from "../src/cli/program.js";
import { type Tokenizer, tokenStatistics, train } from "../src/index.js";
import { load } from "../src/node.js";
import { MIXED } from "./texts.js";

const TEXT = MIXED.join("\n").replace(/\p{Surrogate}/gu, "?");
let folder: string;
let tokenizer: Tokenizer;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bpe-cli-"));
  writeFileSync(at("text.txt"), TEXT);
  writeFileSync(at("more.txt"), "more <|endoftext|> text\n");
  const { code, err } = await bpe([
    "train",
    at("text.txt"),
    "--vocab-size",
    "500",
    "--out",
    at("tokenizer.json"),
  ]);
  expect([code, err]).toEqual([0, expect.stringMatching(/tokenizer\.json: 500 tokens from \d\.\d kB in \d/)]);
  tokenizer = await load(at("tokenizer.json"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function sink(): { stream: Writable; bytes: () => Buffer } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, bytes: () => Buffer.concat(chunks) };
}

/** Runs the command in this process. */
async function bpe(
  argv: string[],
  options: { stdin?: string | Uint8Array | Readable; tty?: boolean; env?: object; signal?: AbortSignal } = {},
) {
  const { stdin = "", tty = false, env = {}, signal = new AbortController().signal } = options;
  const [out, err] = [sink(), sink()];
  const code = await run(program, argv, {
    stdin: stdin instanceof Readable ? stdin : Readable.from(chunked(Buffer.from(stdin))),
    stdout: out.stream,
    stderr: Object.assign(err.stream, { isTTY: tty, columns: 60 }),
    env: env as Record<string, string>,
    signal,
  });
  return { code, out: out.bytes().toString(), bytes: out.bytes(), err: err.bytes().toString() };
}

/** Pieces that cut through characters and numbers. */
function* chunked(bytes: Buffer) {
  for (let i = 0; i < bytes.length; i += 7) yield bytes.subarray(i, i + 7);
}

describe("train", () => {
  test("gives what the library gives, in lines too", async () => {
    const options = ["--vocab-size", "400", "--pattern", "gpt2", "--special", "<s>", "--special", "</s>"];
    const more = ["--tie-break", "hf", "--min-frequency", "2", "--out", at("hf.json")];
    for (const lines of [false, true]) {
      const argv = ["train", ...options, ...more, ...(lines ? ["--lines"] : []), "--json", "-"];
      const { code, out, err } = await bpe(argv, { stdin: TEXT });
      const expected = await train(lines ? TEXT.split(/(?<=\n)/) : TEXT, {
        vocabSize: 400,
        pattern: "gpt2",
        specialTokens: ["<s>", "</s>"],
        tieBreak: "hf",
        minFrequency: 2,
      });
      expect([code, err]).toEqual([0, ""]);
      const size = expected.vocabSize;
      expect(JSON.parse(out)).toMatchObject({ vocabSize: size, merges: size - 258, files: [at("hf.json")] });
      expect(JSON.parse(readFileSync(at("hf.json"), "utf8"))).toEqual(
        JSON.parse(JSON.stringify(expected.toHF())),
      );
    }
  });

  test("progress on a terminal only, and not with NO_COLOR", async () => {
    const argv = ["train", at("text.txt"), "--vocab-size", "300", "--out", at("p.json")];
    expect((await bpe(argv, { tty: true })).err).toContain("\r\u001b[2Kread ");
    for (const quiet of [{}, { tty: true, env: { NO_COLOR: "1" } }, { tty: true, env: { TERM: "dumb" } }]) {
      expect((await bpe(argv, quiet)).err).not.toContain("\u001b");
    }
  });

  test.each([
    "nodir/t.json",
    "nodir/t.tiktoken",
    "text.txt/t.json",
    "text.txt/folder",
    "text.txt/f/vocab.json",
  ])("a place that cannot be written, %s, fails before the texts are read", async (out) => {
    async function* never(): AsyncGenerator<Buffer> {
      yield await Promise.reject<Buffer>(new Error("stdin was read"));
    }
    const argv = ["train", "--vocab-size", "300", "--out", at(out)];
    const { code, err } = await bpe(argv, { stdin: Readable.from(never()) });
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^bpe: cannot write .*: .*(there is no folder .*nodir|is not a folder)/),
    ]);
    const convert = await bpe(["convert", at("tokenizer.json"), at(out)]);
    expect([convert.code, convert.err]).toEqual([1, err]);
    expect(readdirSync(folder)).not.toContain("nodir");
  });

  test("Ctrl-C ends it with 130, and leaves no file", async () => {
    const controller = new AbortController();
    const stdin = new PassThrough();
    stdin.write(TEXT);
    setTimeout(() => controller.abort(), 50);
    const argv = ["train", "--vocab-size", "300", "--out", at("never.json")];
    const { code, err } = await bpe(argv, { stdin, signal: controller.signal });
    expect([code, err]).toEqual([130, "bpe: stopped\n"]);
    expect(readdirSync(folder).filter((name) => name.startsWith("never"))).toEqual([]);
  });
});

describe("encode and decode", () => {
  const long = () => `${TEXT}\nthe end of it\n`.repeat(200);

  test.each(["text", "json", "bin", "u16", "u32"])("%s, there and back", async (format) => {
    const encoded = await bpe(["encode", "--tokenizer", at("tokenizer.json"), "--format", format], {
      stdin: Readable.from([Buffer.from(long())]),
    });
    const ids = tokenizer.encodeOrdinary(long());
    const { bytes } = encoded;
    const read = {
      text: () => encoded.out.trim().split(" ").map(Number),
      json: () => JSON.parse(encoded.out),
      u16: () => Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16LE(i * 2)),
      u32: () => Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32LE(i * 4)),
    }[format === "bin" ? "u16" : (format as "text")]();
    expect(read).toEqual(Array.from(ids));
    const decoded = await bpe(["decode", "--tokenizer", at("tokenizer.json"), "--format", format], {
      stdin: bytes,
    });
    expect(decoded.code).toBe(0);
    expect(decoded.out === long()).toBe(true);
  });

  test("several files are several lines; --json is --format json", async () => {
    const argv = ["encode", at("more.txt"), at("more.txt"), "--tokenizer", at("tokenizer.json")];
    const ids = Array.from(tokenizer.encodeOrdinary("more <|endoftext|> text\n"));
    expect((await bpe(argv)).out).toBe(`${ids.join(" ")}\n${ids.join(" ")}\n`);
    expect((await bpe([...argv, "--json"])).out).toBe(`[${ids}]\n[${ids}]\n`);
    const special = Array.from(tokenizer.encode("more <|endoftext|> text\n", { allowedSpecial: "all" }));
    expect(special.length).toBeLessThan(ids.length);
    expect((await bpe([...argv, "--json", "--allow-special"])).out).toBe(`[${special}]\n[${special}]\n`);
    expect((await bpe(argv.slice(0, 1).concat(argv.slice(3)), { stdin: "" })).out).toBe("\n");
  });

  test("ids come out before the text has ended, and characters before the ids have", async () => {
    for (const [argv, first, expected] of [
      [["encode"], "a few words ".repeat(12_000), /^\d+ \d+/],
      [["decode"], `${Array.from(tokenizer.encodeOrdinary("naïve")).join(" ")} `, /^naïve$/],
    ] as const) {
      const stdin = new PassThrough();
      const controller = new AbortController();
      const seen = new Promise<string>((resolve) => {
        const stdout = new Writable({
          write(chunk, _, done) {
            if (chunk.length > 0) resolve(String(chunk));
            done();
          },
        });
        stdin.write(first);
        const stderr = sink().stream;
        void run(program, [...argv, "--tokenizer", at("tokenizer.json")], {
          stdin,
          stdout,
          stderr,
          env: {},
          signal: controller.signal,
        });
      });
      expect(await seen).toMatch(expected);
      controller.abort();
    }
  });

  test("what are no ids, or of no token, are errors", async () => {
    const decode = ["decode", "--tokenizer", at("tokenizer.json")];
    for (const [argv, stdin, message] of [
      [decode, "1 2 x3", /"x3" is no id/],
      [decode, "1 999999", /Token id 999999/],
      [decode, `1 ${"9".repeat(50)}`, /is no id/],
      [[...decode, "--format", "u32"], "\0\0\0\0\0", /end within a number: 1 bytes/],
    ] as const) {
      const { code, err } = await bpe([...argv], { stdin });
      expect([code, err]).toEqual([1, expect.stringMatching(message)]);
    }
  });
});

test("count: each file and all, from stdin, as JSON", async () => {
  const [a, b] = [tokenizer.count(TEXT), tokenizer.count("more <|endoftext|> text\n")];
  const argv = ["count", at("text.txt"), at("more.txt"), "--tokenizer", at("tokenizer.json")];
  expect((await bpe(argv)).out).toBe(`${a}\t${at("text.txt")}\n${b}\t${at("more.txt")}\n${a + b}\ttotal\n`);
  expect((await bpe(["count", "--tokenizer", at("tokenizer.json")], { stdin: TEXT })).out).toBe(`${a}\t-\n`);
  const json = JSON.parse((await bpe([...argv, "--json"])).out);
  expect(json.total).toEqual({ tokens: a + b, bytes: Buffer.byteLength(TEXT) + 24 });
  expect(json.files[1]).toEqual({ file: at("more.txt"), tokens: b, bytes: 24 });
});

test("stats: the library's, whatever the length of the text", async () => {
  const text = TEXT.repeat(40);
  const argv = ["stats", "--tokenizer", at("tokenizer.json"), "--top", "2"];
  const expected = await tokenStatistics(tokenizer, [text], { mostFrequent: 2 });
  const stdin = () => Readable.from([Buffer.from(text)]);
  expect(JSON.parse((await bpe([...argv, "--json"], { stdin: stdin() })).out)).toEqual(expected);
  const { out } = await bpe(argv, { stdin: stdin() });
  expect(out).toContain(`tokens\t${expected.tokens}\n`);
  expect(out.trim().split("\n")).toHaveLength(7);
});

test("convert: there and back through every form", async () => {
  const reopen = ["--pattern", "cl100k", "--special", "<|endoftext|>=499"];
  const steps = [
    [at("tokenizer.json"), at("table.tiktoken")],
    [at("table.tiktoken"), at("pair"), ...reopen],
    [at("pair"), at("other/vocab.json"), ...reopen],
    [at("other/vocab.json"), at("back.json"), "--pattern", "cl100k", "--special", "<|endoftext|>"],
  ];
  for (const [i, step] of steps.entries()) {
    const { code, err, out } = await bpe(["convert", ...step]);
    expect([code, out]).toEqual([0, ""]);
    if (i < 3) expect(err).toContain("--pattern cl100k --special '<|endoftext|>=499'");
  }
  const back = await load(at("back.json"));
  const text = `${TEXT}<|endoftext|>`;
  expect(back.encode(text, { allowedSpecial: "all" })).toEqual(
    tokenizer.encode(text, { allowedSpecial: "all" }),
  );
  const json = await bpe(["convert", at("pair"), at("x.json"), "--json", ...reopen]);
  expect(JSON.parse(json.out)).toEqual({
    files: [at("x.json")],
    vocabSize: 500,
    pattern: "cl100k",
    specialTokens: { "<|endoftext|>": 499 },
  });
  const count = ["count", at("text.txt"), "--tokenizer", at("table.tiktoken")];
  expect((await bpe([...count, ...reopen])).out).toBe(`${tokenizer.count(TEXT)}\t${at("text.txt")}\n`);
  expect(await bpe(count)).toMatchObject({ code: 2, err: expect.stringMatching(/--encoding.*--pattern/) });
});

test("decode takes the blank off that a file of SentencePiece's kind puts in front", async () => {
  const blanks = { type: "Replace", pattern: { String: "▁" }, content: " " };
  const strip = { type: "Strip", content: " ", start: 1, stop: 0 };
  const json = {
    added_tokens: [],
    normalizer: { type: "Prepend", prepend: "▁" },
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "never" },
    decoder: { type: "Sequence", decoders: [blanks, { type: "ByteFallback" }, { type: "Fuse" }, strip] },
    model: { type: "BPE", vocab: { "▁": 0, a: 1, b: 2, "▁a": 3 }, merges: [["▁", "a"]] },
  };
  writeFileSync(at("sentencepiece.json"), JSON.stringify(json));
  const options = ["--tokenizer", at("sentencepiece.json")];
  for (const text of ["a b", " a", "ab", ""]) {
    const encoded = await bpe(["encode", ...options], { stdin: text });
    expect((await bpe(["decode", ...options], { stdin: encoded.out })).out).toBe(text);
  }
  expect((await bpe(["decode", ...options], { stdin: "3 3\n" })).out).toBe("a a");
});

describe("the command line", () => {
  test.each([
    [[], 2, /no command/],
    [["trian"], 2, /^bpe: unknown command 'trian'\n\(Did you mean train\?\)\n"bpe --help"/],
    [
      ["train", "--vocab-sise", "9"],
      2,
      /^bpe: unknown option '--vocab-sise'\n\(Did you mean --vocab-size\?\)\n"bpe train --help"/,
    ],
    [["train", "--frobnicate"], 2, /unknown option '--frobnicate'\n"bpe train --help"/],
    [["train", "--out", "x"], 2, /'--vocab-size <n>' not specified/],
    [["train", "--vocab-size", "300"], 2, /'--out <path>' not specified/],
    [
      ["train", "--vocab-size", "3e2", "--out", "x"],
      2,
      /--vocab-size <n>' argument '3e2' is invalid\. It must be a whole number from 256 to 16777215/,
    ],
    [["train", "--vocab-size"], 2, /--vocab-size <n>' argument missing/],
    [["train", "--vocab-size", "300", "--out", ""], 2, /--out <path>.*must not be empty/],
    [
      ["train", "--vocab-size", "300", "--out", "x", "--pattern", "gpt9"],
      2,
      /'gpt9' is invalid\. Allowed choices are gpt2, /,
    ],
    [["encode"], 2, /'--tokenizer <path>' not specified/],
    [["convert", "a"], 2, /missing required argument 'to'/],
    [["convert", "a", "b", "c"], 2, /too many arguments for 'convert'/],
    [["encode", "--tokenizer", "absent.json"], 1, /ENOENT.*absent\.json/],
    [["convert", "a.tiktoken", "b", "--pattern", "gpt2", "--special", "<x>"], 2, /'<x>=50256'/],
  ])("%j: exit code %i", async (argv, code, message) => {
    const result = await bpe(argv);
    expect(result.out).toBe("");
    expect(result.err).toMatch(message);
    expect(result.err).not.toMatch(/\n {4}at /);
    expect(result.code).toBe(code);
  });

  test("a file that is missing, a vocabulary too small, and a tokenizer.json with options", async () => {
    const small = ["train", at("text.txt"), "--vocab-size", "256", "--out", at("small.json")];
    expect(await bpe(small)).toMatchObject({ code: 1, err: expect.stringMatching(/vocabSize is 256/) });
    const encode = ["encode", "--tokenizer", at("tokenizer.json")];
    expect(await bpe([...encode, at("absent")])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/ENOENT/),
    });
    expect(await bpe([...encode, "--pattern", "gpt2"])).toMatchObject({ code: 2 });
    expect(readdirSync(folder)).not.toContain("small.json");
  });

  test("help for everything, and the version", async () => {
    const { out } = await bpe(["--help"]);
    for (const name of ["train", "encode", "decode", "count", "stats", "convert"]) {
      expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
      const help = await bpe([name, "--help"]);
      expect([help.code, help.out]).toEqual([0, expect.stringContaining(`bpe ${name} `)]);
    }
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect((await bpe(["--version"])).out).toBe(`${version}\n`);
  });
});

describe("as a process", () => {
  const start = (argv: string[]) =>
    spawn(
      process.execPath,
      [
        "--conditions=@llm/source",
        "--import",
        import.meta.resolve("tsx"),
        new URL("../src/cli/main.ts", import.meta.url).pathname,
        ...argv,
      ],
      { stdio: "pipe" },
    );

  test("a reader that leaves ends it quietly", async () => {
    const child = start(["encode", "--tokenizer", at("tokenizer.json")]);
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.stdin.on("error", () => {});
    child.stdin.write("some words to encode ".repeat(50_000));
    child.stdout.once("data", () => {
      child.stdout.destroy();
      child.stdin.end("and more of them ".repeat(200_000));
    });
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect([code, err]).toEqual([0, ""]);
  });

  test("Ctrl-C while it waits for stdin: 130", async () => {
    const child = start(["encode", "--tokenizer", at("tokenizer.json")]);
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.stdin.write("some words to encode ".repeat(5000));
    // By then it has started; before, Node itself would end the process by the signal.
    child.stdout.once("data", () => child.kill("SIGINT"));
    child.stdout.resume();
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect([code, err]).toEqual([130, "bpe: stopped\n"]);
  });
});
