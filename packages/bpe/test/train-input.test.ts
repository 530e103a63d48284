import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type MergeEvent,
  type ReadEvent,
  type Tokenizer,
  TrainingError,
  type TrainOptions,
  train,
} from "../src/index.js";
import { trainFiles } from "../src/node.js";
import { corpus } from "./corpus.js";
import { MIXED } from "./texts.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bpe-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("from any source, in one piece or many, the same", async () => {
  async function* slowly() {
    for (const text of MIXED) yield text;
  }
  const options = { vocabSize: 500, pattern: "o200k" } as const;
  const [a, b] = [await train(slowly(), options), await train(MIXED, options)];
  expect(JSON.stringify(a.toHF())).toBe(JSON.stringify(b.toHF()));
  const whole = await train(MIXED.join(""), options);
  expect(JSON.stringify((await train([MIXED.join("")], options)).toHF())).toBe(JSON.stringify(whole.toHF()));
});

test.each<[Partial<TrainOptions>, RegExp]>([
  [{ vocabSize: 256 }, /vocabSize is 256.*257/],
  [{ vocabSize: 300.5 }, /vocabSize is 300.5/],
  [{ vocabSize: 2 ** 24 }, /vocabSize is 16777216/],
  [{ vocabSize: 3, initialAlphabet: "seen" }, /vocabSize is 3: it must be at least 4 \(3 bytes/],
  [{ specialTokens: ["x", "x"] }, /"x" is given twice/],
  [{ specialTokens: [""] }, /empty/],
  [{ minFrequency: 0 }, /minFrequency is 0/],
  [{ minFrequency: 1.5 }, /minFrequency is 1.5/],
  [{ maxTokenLength: 1 }, /maxTokenLength is 1/],
  [{ workers: -1 }, /workers is -1/],
  [{ pattern: "gpt4" as "gpt2" }, /pattern of train is "gpt4": did you mean "gpt2"\? it must be "gpt2" or/],
  [{ tieBreak: "x" as "hf" }, /tieBreak is "x"/],
  [{ initialAlphabet: "x" as "seen" }, /initialAlphabet is "x"/],
])("an option that cannot be is an error that says so: %j", async (options, message) => {
  const training = train(["abc"], { vocabSize: 300, ...options });
  await expect(training).rejects.toThrow(TrainingError);
  await expect(training).rejects.toThrow(message);
});

test("no text, or what is no text", async () => {
  await expect(train([], { vocabSize: 300 })).rejects.toThrow(/no text/);
  await expect(train(["", ""], { vocabSize: 300 })).rejects.toThrow(TrainingError);
  await expect(train(["", ""], { vocabSize: 300, pattern: /x/ })).rejects.toThrow(TrainingError);
  await expect(train([1 as unknown as string], { vocabSize: 300 })).rejects.toThrow(/hold a number/);
  expect((await train(["ab"], { vocabSize: 300 })).vocabSize).toBe(258);
  expect((await train(["a"], { vocabSize: 300 })).vocabSize).toBe(257);
  const rare = await train(["ab ab cd"], { vocabSize: 300, minFrequency: 2, specialTokens: [] });
  expect(rare.vocabSize).toBe(257);
});

test("only seen bytes have tokens where that is asked for", async () => {
  const tokenizer = await train(["abab"], {
    vocabSize: 4,
    initialAlphabet: "seen",
    specialTokens: ["<s>"],
  });
  expect(Array.from(tokenizer.encode("abba"))).toEqual([2, 1, 0]);
  expect(tokenizer.specialTokens.get("<s>")).toBe(3);
  expect(() => tokenizer.encode("x")).toThrow(/0x78/);
});

describe("files", () => {
  const options = { vocabSize: 700, pattern: "gpt2" } as const;
  const same = (a: Tokenizer, b: Tokenizer) =>
    expect(JSON.stringify(a.toHF())).toBe(JSON.stringify(b.toHF()));
  const write = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  test("are read line by line or whole, whatever the workers", async () => {
    const texts = [`\ufeff${corpus()}`, corpus().replaceAll("\n", "\r\n"), "", "no line break"];
    const paths = texts.map((text, i) => write(`${i}.txt`, text));
    const lines = texts.flatMap((text) => text.match(/[^\n]*\n|[^\n]+/g) ?? []);
    const events: ReadEvent[] = [];
    const onRead = (event: ReadEvent) => events.push(event);
    const ours = await trainFiles(paths, { ...options, onRead });
    same(ours, await train(lines, options));
    const totalBytes = new TextEncoder().encode(texts.join("")).length;
    expect(events.at(-1)).toEqual({ bytes: totalBytes, totalBytes, words: expect.any(Number) });
    same(await trainFiles(paths, { ...options, workers: 2 }), ours);
    const whole = await train(texts, options);
    same(await trainFiles(paths, { ...options, lines: false }), whole);
    same(await trainFiles(paths, { ...options, lines: false, workers: 2 }), whole);
    expect(JSON.stringify(whole.toHF()) === JSON.stringify(ours.toHF())).toBe(false);
    const pattern = / ?\p{L}+/u;
    const theirs = await train(lines, { ...options, pattern });
    same(await trainFiles(paths, { ...options, pattern, workers: 2 }), theirs);
  });

  test("of more than a worker takes at a time", async () => {
    const line = corpus().slice(0, 400).replaceAll("\n", " ");
    const text = Array.from({ length: 50_000 }, (_, i) => `${line} word${i % 9973}\n`).join("");
    const path = write("large.txt", text);
    let read = 0;
    const ours = await trainFiles(path, { ...options, workers: 2, onRead: ({ bytes }) => (read = bytes) });
    expect(read).toBe(Buffer.byteLength(text));
    same(ours, await trainFiles(path, options));
  });

  test("long lines are cut where a piece ends", async () => {
    const text = corpus().replaceAll("\n", " ").repeat(8);
    const path = write("long.txt", text);
    same(await trainFiles(path, options), await train(text, options));
    const unbroken = "語".repeat(500_000);
    same(await trainFiles(write("unbroken.txt", unbroken), options), await train(unbroken, options));
  });

  test("that are not UTF-8 are read as if they had U+FFFD, and faults name the file", async () => {
    const broken = Uint8Array.of(0x61, 0xff, 0x62, 10, 0xe2, 0x82, 10, 0x63);
    const texts = ["a\ufffdb\n", "\ufffd\n", "c"];
    same(await trainFiles(write("broken.txt", broken), options), await train(texts, options));
    await expect(trainFiles(join(folder, "absent.txt"), options)).rejects.toThrow(/ENOENT.*absent.txt/);
    await expect(trainFiles([], options)).rejects.toThrow(TrainingError);
    await expect(trainFiles(write("empty.txt", ""), options)).rejects.toThrow(/no text/);
  });
});

test("on workers, from any source, the same", async () => {
  async function* slowly() {
    for (const text of MIXED) yield text;
  }
  for (const pattern of ["o200k", /\p{L}+/u] as const) {
    const options = { vocabSize: 500, pattern };
    const long = MIXED.join("\n").repeat(2000);
    for (const texts of [MIXED, long]) {
      const here = await train(texts, options);
      const there = await train(texts, { ...options, workers: 3 });
      expect(JSON.stringify(there.toHF())).toBe(JSON.stringify(here.toHF()));
    }
    const [a, b] = [await train(slowly(), { ...options, workers: 1 }), await train(MIXED, options)];
    expect(JSON.stringify(a.toHF())).toBe(JSON.stringify(b.toHF()));
  }
});

test("abort stops it, and other work gets its turn", async () => {
  await expect(train(["a"], { vocabSize: 300, signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  const endless = function* () {
    for (;;) yield "some text ";
  };
  for (const workers of [0, 1]) {
    const controller = new AbortController();
    const reads: ReadEvent[] = [];
    const { signal } = controller;
    // The timer begins when there was something to read, so that a slow machine has come to it.
    const onRead = (event: ReadEvent) => {
      if (reads.push(event) === 1) setTimeout(() => controller.abort(new Error("enough")), 50);
    };
    await expect(train(endless(), { vocabSize: 300, signal, workers, onRead })).rejects.toThrow("enough");
    expect(reads.length).toBeGreaterThan(0);
  }
  const controller = new AbortController();
  const { signal } = controller;
  const steps: number[] = [];
  const onMerge = ({ step }: MergeEvent) => {
    steps.push(step);
    if (step === 3) controller.abort(new Error("three will do"));
  };
  await expect(train(MIXED, { vocabSize: 300, signal, onMerge })).rejects.toThrow("three will do");
  expect(steps).toEqual([1, 2, 3]);
});

test("qwen2 composes characters, in training and after it, unless the normaliser is another", async () => {
  const apart = "e\u0301te\u0301 cafe\u0301 ".repeat(30);
  const path = join(folder, "apart.txt");
  writeFileSync(path, apart);
  const options = { vocabSize: 270, pattern: "qwen2" } as const;
  const tokenizer = await train(apart, options);
  expect(tokenizer.normalizer).toBe("NFC");
  expect(tokenizer.decode(tokenizer.encode(apart))).toBe(apart.normalize("NFC"));
  const plain = await train(apart.normalize("NFC"), { ...options, normalizer: null });
  expect(plain.normalizer).toBe(null);
  expect(tokenizer.toHF().model).toEqual(plain.toHF().model);
  const fromFile = await trainFiles(path, options);
  expect(fromFile.toHF()).toEqual(tokenizer.toHF());
});
