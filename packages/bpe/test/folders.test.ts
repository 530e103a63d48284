import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { run } from "@llm/platform/command";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { program } from "../src/cli/program.js";
import { OptionsError, type Tokenizer, train } from "../src/index.js";
import { load, loadVocabBpe, save, trainFiles } from "../src/node.js";

let folder: string;
let trained: Tokenizer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bpe-"));
  trained = await train("a text, a text", { vocabSize: 270, specialTokens: ["<a>"] });
  const config = {
    added_tokens_decoder: {
      [trained.specialTokens.get("<a>")!]: { content: "<a>", special: true },
      400: { content: "<b>", special: true },
      401: { content: "<c>", special: false },
    },
  };
  await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true }));

test("tokens that only tokenizer_config.json names are found", async () => {
  await save(trained, folder, { format: "vocab-bpe" });
  const pair = await load(folder);
  expect(Array.from(pair.encode("<b>", { allowedSpecial: "all" }))).toEqual([400]);
  expect(Array.from(pair.encode("<c>"))).toEqual([401]);
  expect([...pair.specialTokens.keys()]).toEqual(["<a>", "<b>"]);
  const named = await load(folder, { specialTokens: { "<d>": 402 } });
  expect([...named.specialTokens.keys()]).toEqual(["<d>"]);
  await save(trained, join(folder, "tokenizer.json"));
  const whole = await load(folder);
  expect(Array.from(whole.encode("<b><c>", { allowedSpecial: "all" }))).toEqual([400, 401]);
  expect(whole.vocabSize).toBe(402);
});

test("ids that are no numbers are named", () => {
  expect(() => trained.decode([97, 98n] as never)).toThrow(OptionsError);
  expect(() => trained.decode([97, 98n] as never)).toThrow(/id 1 of decode/);
  expect(() => trained.decode(97 as never)).toThrow(/ids of decode is 97/);
});

describe("a folder where a file is wanted is named, with the way out", () => {
  const at = (...names: string[]) => join(folder, "odd", ...names);
  beforeAll(async () => {
    await save(trained, at("pair"), { format: "vocab-bpe" });
    await mkdir(at("empty"));
    await mkdir(at("table.tiktoken"));
    await mkdir(at("vocab.json"));
    await mkdir(at("file", "tokenizer.json"), { recursive: true });
    await mkdir(at("two", "vocab.json"), { recursive: true });
    await mkdir(at("two", "merges.txt"));
    await mkdir(at("config", "tokenizer_config.json"), { recursive: true });
    await save(trained, at("config", "tokenizer.json"));
    await writeFile(at("text"), "text");
  });

  const EMPTY = /is a folder, and has neither tokenizer.json nor vocab.json and merges.txt: name a file, or/;
  const FILE = /is a folder: name a file/;
  const OPENED: readonly (readonly [string, RegExp])[] = [
    ["empty", EMPTY],
    ["table.tiktoken", EMPTY],
    ["vocab.json", EMPTY],
    ["file", /tokenizer\.json is a folder: name a file/],
    ["two", /vocab\.json is a folder: name a file/],
    ["config", /tokenizer_config\.json is a folder: name a file/],
  ];

  test.each(OPENED)("%s is opened", async (name, message) => {
    await expect(load(at(name))).rejects.toThrow(message);
    await expect(load(at(name))).rejects.toThrow(at(name));
    for (const command of ["encode", "decode", "count", "stats"]) {
      expect(await bpe([command, "--tokenizer", at(name)])).toMatch(message);
    }
    expect(await bpe(["convert", at(name), at("out.json")])).toMatch(message);
  });

  test("read", async () => {
    await expect(loadVocabBpe(at("empty"), at("pair", "merges.txt"))).rejects.toThrow(FILE);
    await expect(loadVocabBpe(at("pair", "vocab.json"), at("empty"))).rejects.toThrow(FILE);
    for (const lines of [true, false]) {
      const training = trainFiles([at("text"), at("empty")], { vocabSize: 300, lines });
      await expect(training).rejects.toThrow(/empty is a folder: name the files in it/);
    }
    const tokenizer = ["--tokenizer", at("config", "tokenizer.json")];
    for (const argv of [
      ["encode", ...tokenizer],
      ["decode", ...tokenizer],
      ["count", ...tokenizer],
      ["stats", ...tokenizer],
      ["train", "--vocab-size", "300", "--out", at("out.json")],
    ]) {
      expect(await bpe([...argv, at("empty")])).toMatch(/empty is a folder: name the files in it/);
    }
  });

  test("written", async () => {
    for (const name of ["table.tiktoken", "vocab.json"]) {
      await expect(save(trained, at(name))).rejects.toThrow(`${name}: it is a folder. Name a file`);
    }
    const pair = { format: "vocab-bpe" } as const;
    await expect(save(trained, at("two"), pair)).rejects.toThrow(/vocab\.json: it is a folder\. Name a file/);
    await expect(save(trained, at("text"), pair)).rejects.toThrow(/text is not a folder\. Name another/);
    for (const out of [at("table.tiktoken"), at("two")]) {
      const train = ["train", at("text"), "--vocab-size", "300", "--out", out];
      const convert = ["convert", at("config", "tokenizer.json"), out];
      for (const argv of [train, convert]) expect(await bpe(argv)).toMatch(/it is a folder\. Name a file/);
    }
  });
});

describe("--allow-special of a folder", () => {
  const encode = (...argv: string[]) => bpe(["encode", "--allow-special", ...argv], "<a>");

  test("finds what tokenizer_config.json names", async () => {
    await rm(join(folder, "tokenizer.json"), { force: true });
    await save(trained, folder, { format: "vocab-bpe" });
    expect(await encode("--tokenizer", folder)).toBe(`${trained.specialTokens.get("<a>")}\n`);
  });

  test("or says that nothing does, and what would", async () => {
    const pair = join(folder, "alone");
    await save(trained, pair, { format: "vocab-bpe" });
    expect(await encode("--tokenizer", pair)).toMatch(
      /no special tokens. Name them with --special TOKEN for vocab/,
    );
    expect(await encode("--tokenizer", pair, "--special", "<a>")).toBe(
      `${trained.specialTokens.get("<a>")}\n`,
    );
  });
});

/** What the command writes, to stdout or else to stderr. */
async function bpe(argv: string[], stdin = "97"): Promise<string> {
  const texts = { out: "", err: "" };
  const sink = (name: keyof typeof texts) =>
    new Writable({
      write(chunk, _, done) {
        texts[name] += chunk;
        done();
      },
    });
  await run(program, argv, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: sink("out"),
    stderr: Object.assign(sink("err"), { isTTY: false, columns: 60 }),
    env: {},
    signal: new AbortController().signal,
  });
  return texts.out || texts.err;
}
