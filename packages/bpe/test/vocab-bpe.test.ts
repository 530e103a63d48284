import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BPE, byteLevelPreTokenizer, Tokenizer as Theirs } from "tokenizers";
import { afterAll, describe, expect, test } from "vitest";
import { Tokenizer, train, VocabularyError } from "../src/index.js";
import { load, loadVocabBpe, save } from "../src/node.js";
import { dataFolder, table } from "./tables.js";
import { fuzz, MIXED, seeded } from "./texts.js";

const folder = mkdtempSync(join(tmpdir(), "llm-bpe-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { ours: gpt2 } = table("gpt2");
const random = seeded(3);
const TEXTS = [...MIXED, ...Array.from({ length: 200 }, () => fuzz(random))];

describe("vocab.json and merges.txt", () => {
  test("open in Hugging Face's binding with the same ids, and here again", async () => {
    const path = join(folder, "gpt2");
    await save(gpt2, path, { format: "vocab-bpe" });
    const [vocabPath, mergesPath] = [join(path, "vocab.json"), join(path, "merges.txt")];
    const theirs = new Theirs(await BPE.fromFile(vocabPath, mergesPath));
    theirs.setPreTokenizer(byteLevelPreTokenizer(false, true));
    const again = await loadVocabBpe(vocabPath, mergesPath, { specialTokens: ["<|endoftext|>"] });
    const whole = await load(path, { pattern: "gpt2", specialTokens: { "<|endoftext|>": 50256 } });
    for (const text of TEXTS) {
      const ids = Array.from(gpt2.encodeOrdinary(text));
      expect((await theirs.encode(text)).getIds(), text).toEqual(ids);
      expect(Array.from(again.encodeOrdinary(text)), text).toEqual(ids);
      expect(Array.from(whole.encodeOrdinary(text)), text).toEqual(ids);
    }
    expect(again.specialTokens).toEqual(gpt2.specialTokens);
    expect(JSON.stringify(again.toVocabBpe()) === JSON.stringify(gpt2.toVocabBpe())).toBe(true);
  });

  test("with or without the version line, with any line ends, as text or as an object", async () => {
    const trained = await train(MIXED, { vocabSize: 300, pattern: "cl100k", specialTokens: ["< x >"] });
    const { vocab, merges } = trained.toVocabBpe();
    const bare = merges.replace(/^#version.*\n/, "");
    expect(bare).not.toBe(merges);
    for (const text of [merges, bare, merges.replaceAll("\n", "\r\n"), bare.trimEnd()]) {
      const options = { pattern: "cl100k", specialTokens: ["< x >"] } as const;
      const again = Tokenizer.fromVocabBpe(JSON.stringify(vocab), text, options);
      expect(again.toVocabBpe()).toEqual({ vocab, merges });
      expect(Tokenizer.fromVocabBpe(vocab, text, options).encode(MIXED[0]!)).toEqual(
        trained.encode(MIXED[0]!),
      );
    }
    // A merge may begin with "#", the version line's first character.
    const hash = Tokenizer.fromVocabBpe({ "#": 0, "##": 1 }, "# #\n");
    expect(Array.from(hash.encode("##"))).toEqual([1]);
  });

  test("special tokens are added where the vocabulary lacks them", () => {
    const tokenizer = Tokenizer.fromVocabBpe({ a: 0, b: 1, ab: 2 }, "a b", { specialTokens: { "<s>": 7 } });
    expect(Array.from(tokenizer.encode("ab<s>", { allowedSpecial: "all" }))).toEqual([2, 7]);
    expect(tokenizer.vocabSize).toBe(8);
  });

  test("qwen2 composes characters unless told otherwise", () => {
    const vocab = gpt2.toVocabBpe();
    const read = (options: object) => Tokenizer.fromVocabBpe(vocab.vocab, vocab.merges, options);
    expect(read({ pattern: "qwen2" }).encode("e\u0301")).toEqual(read({}).encode("é"));
    expect(read({ pattern: "qwen2", normalizer: null }).encode("e\u0301")).toEqual(
      read({}).encode("e\u0301"),
    );
    expect(read({}).normalizer).toBe(null);
    const ranks = readFileSync(join(dataFolder, "r50k_base.tiktoken"));
    expect(Tokenizer.fromTiktoken(ranks, { pattern: "qwen2" }).normalizer).toBe("NFC");
    expect(Tokenizer.fromTiktoken(ranks, { pattern: "gpt2", normalizer: ["NFD", "NFC"] }).normalizer).toEqual(
      ["NFD", "NFC"],
    );
  });

  test("faults are errors that say what to do", () => {
    const vocab = { a: 0, b: 1, ab: 2 };
    const read =
      (content: object | string, merges = "a b", options = {}) =>
      () =>
        Tokenizer.fromVocabBpe(content, merges, options);
    expect(read("[")).toThrow(/vocabulary is not JSON/);
    expect(read([])).toThrow(/vocabulary is not an object/);
    expect(read({ a: 0, b: 1 })).toThrow(/Merge 0 needs "ab"/);
    expect(read(vocab, "a b c")).toThrow(/Merge 0 is "a b c"/);
    expect(read({ "< s>": 0 }, "")).toThrow(/"< s>" \(id 0\) is not in the byte alphabet.*special/);
    expect(read(vocab, "a b", { specialTokens: ["<s>"] })).toThrow(/"<s>" is not in the vocabulary: pass/);
    expect(read(vocab, "a b", { specialTokens: { "<s>": 1 } })).toThrow(
      /"<s>" has the id 1, which is another/,
    );
    expect(read(vocab, "a b", { specialTokens: { "<s>": 1.5 } })).toThrow(/"<s>" has the id 1.5: give/);
    expect(read(vocab, "a b", { specialTokens: { a: 9 } })).toThrow(/"a" has the id 9, but .* lists it as 0/);
  });

  test("what the files cannot say is not written", () => {
    // "ab" alone is no token, so that merges never reach "abc" but a look-up does.
    const bytes = Array.from({ length: 256 }, (_, byte) => [Uint8Array.of(byte), byte] as const);
    const token = (text: string) => new TextEncoder().encode(text);
    const odd = Tokenizer.fromTiktoken([...bytes, [token("abc"), 256]], { pattern: "gpt2" });
    expect(Array.from(odd.encode("abc"))).toEqual([256]);
    expect(() => odd.toVocabBpe()).toThrow(/Token 256 cannot be made by merges.*tokenizer.json/);
    const twice = Tokenizer.fromTiktoken(bytes, { pattern: "gpt2", specialTokens: { a: 256 } });
    expect(() => twice.toVocabBpe()).toThrow(/97 and 256 .* "a": give the special one another/);
    expect(() => twice.toHF()).toThrow(VocabularyError);
  });
});

describe("files by their names", () => {
  test("tokenizer.json, .tiktoken and folders", async () => {
    const trained = await train(MIXED, { vocabSize: 300, pattern: "o200k" });
    const json = join(folder, "tokenizer.json");
    const ranks = join(folder, "x.tiktoken");
    await save(trained, json);
    await save(trained, ranks);
    expect(readFileSync(ranks, "utf8")).toBe(trained.toTiktoken());
    const { pattern, specialTokens } = trained;
    for (const tokenizer of [
      await load(json),
      await load(folder),
      await load(ranks, { pattern, specialTokens }),
    ]) {
      expect(tokenizer.encode(MIXED[0]!)).toEqual(trained.encode(MIXED[0]!));
      expect(tokenizer.specialTokens).toEqual(specialTokens);
    }
    expect((await load(join(dataFolder, "r50k_base.tiktoken"), "r50k")).encode("a b")).toEqual(
      gpt2.encode("a b"),
    );
    await expect(load(ranks)).rejects.toThrow(/x\.tiktoken.*Pass the encoding's name, or \{ pattern/);
    await expect(load(json, { pattern: "gpt2" })).rejects.toThrow(/pass no options/);
    await expect(load(ranks, "cl100k")).rejects.toThrow(/x\.tiktoken: The table has 299 tokens.* 100256/);
    await expect(load(join(folder, "none"))).rejects.toThrow(/ENOENT/);
    await expect(load(tmpdir())).rejects.toThrow(/neither tokenizer.json nor vocab.json/);
    writeFileSync(json, "{");
    await expect(load(json)).rejects.toThrow(/tokenizer\.json: The tokenizer file is not JSON/);
  });

  test("a file that could not be written leaves the old one and nothing else", async () => {
    const path = join(folder, "kept.tiktoken");
    writeFileSync(path, "old");
    const small = Tokenizer.fromVocabBpe({ a: 0, b: 1, ab: 2 }, "a b");
    await expect(save(small, path)).rejects.toThrow(/254 of the 256 bytes/);
    expect(readFileSync(path, "utf8")).toBe("old");
  });
});
