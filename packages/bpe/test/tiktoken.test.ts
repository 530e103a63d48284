import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tiktoken } from "tiktoken";
import { describe, expect, test } from "vitest";
import { PATTERN_SOURCES, Tokenizer, train, VocabularyError } from "../src/index.js";
import { dataFolder, type TableName, table } from "./tables.js";
import { fuzz, MIXED, seeded } from "./texts.js";

const NAMES: TableName[] = ["gpt2", "cl100k", "o200k"];
const FUZZED = Number(process.env["BPE_FUZZ"] ?? 4000);

describe.each(NAMES)("%s is exactly tiktoken's", (name) => {
  const { ours, theirs } = table(name);

  test("mixed text", () => {
    const texts = [...MIXED, MIXED.join("\n"), MIXED.join(" "), MIXED.join("")];
    for (const text of texts) {
      const ids = ours.encodeOrdinary(text);
      expect(ids, JSON.stringify(text)).toEqual(theirs.encode_ordinary(text));
      expect(ours.decode(ids)).toBe(new TextDecoder("utf-8", { ignoreBOM: true }).decode(theirs.decode(ids)));
      expect(ours.count(text)).toBe(ids.length);
    }
  });

  test(`${FUZZED} fuzzed strings`, () => {
    const random = seeded(7);
    for (let i = 0; i < FUZZED; i++) {
      const text = fuzz(random);
      const ids = ours.encodeOrdinary(text);
      const expected = theirs.encode_ordinary(text);
      if (ids.join() !== expected.join()) expect(ids, JSON.stringify(text)).toEqual(expected);
    }
  });

  test("long text across many chunks, without a good border too", () => {
    const random = seeded(11);
    for (const glue of ["", " ", "日"]) {
      const text = Array.from({ length: 6000 }, () => fuzz(random, 8)).join(glue);
      expect(ours.encodeOrdinary(text)).toEqual(theirs.encode_ordinary(text));
    }
  });

  test("writes the table it read", () => {
    const file = { gpt2: "r50k_base", cl100k: "cl100k_base", o200k: "o200k_base" }[name];
    const text = readFileSync(join(dataFolder, `${file}.tiktoken`), "utf8");
    expect(ours.toTiktoken().trimEnd() === text.trimEnd()).toBe(true);
  });
});

test("the TestPlans of gpt-tokenizer", () => {
  const names: Record<string, TableName> = { r50k_base: "gpt2", cl100k_base: "cl100k", o200k_base: "o200k" };
  const plans = readFileSync(join(dataFolder, "TestPlans.txt"), "utf8");
  let checked = 0;
  for (const [, encoding, text, ids] of plans.matchAll(
    /EncodingName: (.*)\nSample: ([\s\S]*?)\nEncoded: \[(.*)\]/g,
  )) {
    const name = names[encoding!];
    if (!name) continue;
    const expected = ids === "" ? [] : ids!.split(",").map(Number);
    expect(Array.from(table(name).ours.encodeOrdinary(text!)), text).toEqual(expected);
    checked++;
  }
  expect(checked).toBeGreaterThan(100);
});

test("linear on long pieces: the merged run is what tiktoken makes of a short one", () => {
  const { ours, theirs } = table("cl100k");
  for (const unit of ["a", " ", "!", "\u0301", "ab", "xyz"]) {
    const text = `${unit.repeat(600)}q`;
    expect(ours.encodeOrdinary(text), unit).toEqual(theirs.encode_ordinary(text));
  }
  for (const unit of ["a", " ", "😀", "\u0301"]) {
    const text = `${unit.repeat(1_000_000 / unit.length)}x`;
    // A quadratic merge would run into the test's time limit.
    const ids = ours.encodeOrdinary(text);
    expect(ours.decode(ids) === text).toBe(true);
  }
});

test.each(["gpt2", "cl100k", "o200k"] as const)(
  "what was trained with %s opens in tiktoken, with the same ids",
  async (pattern) => {
    const ours = await train(MIXED, { vocabSize: 600, pattern, specialTokens: ["<|end|>"] });
    const lines = ours.toTiktoken().trimEnd().split("\n");
    // Its WASM form takes the ranks in a row: "! <first rank> <token> <token> ..".
    const ranks = `! 0 ${lines.map((line) => line.split(" ")[0]).join(" ")}`;
    const special = Object.fromEntries(ours.specialTokens);
    const theirs = new Tiktoken(ranks, special, PATTERN_SOURCES[pattern]);
    for (const text of [...MIXED, "a<|end|>b"]) {
      expect(ours.encode(text, { allowedSpecial: "all" }), text).toEqual(theirs.encode(text, "all"));
    }
    theirs.free();
  },
);

describe("bad tables", () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => [Uint8Array.of(byte), byte] as const);
  const read = (entries: Iterable<readonly [Uint8Array, number]>, specialTokens = {}) =>
    Tokenizer.fromTiktoken(entries, { pattern: "gpt2", specialTokens });

  test("a missing byte, a rank or token given twice, a special id that is taken", () => {
    expect(() => read(bytes.slice(1))).toThrow(/1 of the 256 bytes.*0x00/);
    expect(() => read([...bytes, [Uint8Array.of(1, 2), 7]])).toThrow(/Rank 7 is given twice/);
    expect(() => read([...bytes, [Uint8Array.of(65), 256]])).toThrow(/Tokens 65 and 256 are both "A"/);
    expect(() => read([...bytes, [Uint8Array.of(1, 2), -1]])).toThrow(VocabularyError);
    expect(() => read(bytes, { "<x>": 5 })).toThrow(/"<x>" has the id 5, which is taken/);
    expect(() => read(bytes, { "": 256 })).toThrow(VocabularyError);
    expect(() => read(bytes, { "<x>": 2 ** 24 })).toThrow(/"<x>" has the id 16777216: give/);
    expect(() => read(bytes, { "<x>": 256, "<y>": 256 })).toThrow(/"<y>" has the id 256, which is taken/);
    expect(() => read(bytes, { "\ud83d": 256 })).toThrow(/half a character/);
  });

  test("a file that is no .tiktoken", () => {
    expect(() => Tokenizer.fromTiktoken("QQ== 0\n<html>", { pattern: "gpt2" })).toThrow(/Line 2 .*<html>/);
    for (const line of [
      "Q 1",
      "QUJDR 1",
      "QQ= 1",
      "QQ=== 1",
      "Q-== 1",
      "QQ==1",
      "QQ== ",
      "QQ== 1x",
      "=  1",
      "QQ==  1",
    ]) {
      const read = () => Tokenizer.fromTiktoken(`QQ== 0\r\n\r\n${line}`, { pattern: "gpt2" });
      expect(read, line).toThrow(/Line 3 of the .tiktoken file is/);
    }
    expect(() => Tokenizer.fromTiktoken("QQ== 99999999", { pattern: "gpt2" })).toThrow(/Rank 99999999/);
    const lines = bytes.map(([byte, rank]) => `${btoa(String.fromCharCode(byte[0]!))} ${rank}`);
    for (const file of [lines.join("\r\n"), lines.join("\n").replaceAll("=", "")]) {
      const tokenizer = Tokenizer.fromTiktoken(file, { pattern: "gpt2" });
      expect(tokenizer.decodeBytes([0, 128, 255])).toEqual(Uint8Array.of(0, 128, 255));
    }
    expect(() => Tokenizer.fromTiktoken("", { pattern: "gpt2" })).toThrow(/256 of the 256 bytes/);
  });

  test("ranks in an order that no training gives still follow tiktoken's rule", () => {
    // "ab" ranks above "abc", so that it has to be merged before the token it is part of.
    const token = (text: string) => new TextEncoder().encode(text);
    const odd = read([...bytes, [token("abc"), 256], [token("ab"), 300], [token("bcd"), 280]]);
    expect(Array.from(odd.encodeOrdinary("xabc"))).toEqual([120, 256]);
    expect(Array.from(odd.encodeOrdinary("xabcd"))).toEqual([120, 256, 100]);
  });
});
