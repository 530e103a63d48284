import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BPE, byteLevelPreTokenizer, Tokenizer as Theirs } from "tokenizers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { classTable } from "../src/classes.js";
import { type MergeEvent, type Pattern, Tokenizer, TrainingError, train } from "../src/index.js";
import { load, save, trainFiles } from "../src/node.js";
import { PairMerger } from "../src/pair-merger.js";
import { trainingModule } from "../src/training-module.js";
import { WordCounter } from "../src/word-counts.js";
import { corpus } from "./corpus.js";
import { MIXED, seeded } from "./texts.js";

interface Setting {
  vocab_size: number;
  initial_alphabet?: boolean;
  special_tokens?: string[];
  min_frequency?: number;
  max_token_length?: number;
}

/** Written by scripts/hf_trainer.py. */
const recorded = JSON.parse(readFileSync(new URL("hf-trainer.json", import.meta.url), "utf8")) as {
  lines: string[];
  cases: { setting: Setting; vocab: Record<string, number>; merges: string[] }[];
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bpe-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("ties as Hugging Face breaks them", () => {
  test("its trainer gives the same merges in the same order", async () => {
    const text = corpus();
    const path = join(folder, "corpus.txt");
    writeFileSync(path, text);
    const theirs = new Theirs(BPE.empty());
    theirs.setPreTokenizer(byteLevelPreTokenizer(false, true));
    theirs.train([path]);
    const saved = join(folder, "theirs.json");
    theirs.save(saved);
    const expected = JSON.parse(readFileSync(saved, "utf8")).model;
    const ours = await trainFiles(path, {
      vocabSize: 30_000,
      pattern: "gpt2",
      specialTokens: [],
      tieBreak: "hf",
      initialAlphabet: "seen",
    });
    const { vocab, merges } = ours.toHF().model;
    expect(merges.length).toBeGreaterThan(5000);
    expect(merges).toEqual(expected.merges);
    expect(vocab).toEqual(expected.vocab);
    // What it trained, this package reads; and they encode alike.
    const read = await load(saved);
    const sample = text.slice(1000, 20_000);
    expect(Array.from(read.encode(sample))).toEqual((await theirs.encode(sample)).getIds());
  });

  test.each(recorded.cases)("as recorded of it: $setting", async ({ setting, vocab, merges }) => {
    const ours = await train(recorded.lines, {
      vocabSize: setting.vocab_size,
      pattern: "gpt2",
      specialTokens: setting.special_tokens ?? [],
      tieBreak: "hf",
      initialAlphabet: setting.initial_alphabet ? "bytes" : "seen",
      minFrequency: setting.min_frequency ?? 1,
      // Its limit is the first length that is too long, except that two bytes always go together.
      ...(setting.max_token_length && { maxTokenLength: Math.max(2, setting.max_token_length - 1) }),
    });
    const { model } = ours.toHF();
    expect(model.merges.map((pair) => (typeof pair === "string" ? pair : pair.join(" ")))).toEqual(merges);
    expect(model.vocab).toEqual(vocab);
  });

  test("special tokens come first, then bytes by their character", async () => {
    const tokenizer = await train(MIXED, { vocabSize: 300, tieBreak: "hf", specialTokens: ["<s>", "</s>"] });
    expect([...tokenizer.specialTokens]).toEqual([
      ["<s>", 0],
      ["</s>", 1],
    ]); // prettier-ignore
    expect(Array.from(tokenizer.tokenBytes(2))).toEqual([33]);
    expect(tokenizer.decode(tokenizer.encodeOrdinary("été"))).toBe("été");
  });
});

interface Limits {
  minFrequency?: number;
  maxTokenLength?: number;
}

/** The textbook algorithm: recount all pairs before every merge. */
function naive(
  pieces: string[],
  merges: number,
  { minFrequency = 1, maxTokenLength = Infinity }: Limits = {},
): [number, number][] {
  const words = pieces.map((piece) => Array.from(new TextEncoder().encode(piece)));
  const lengths = Array.from({ length: 256 }, () => 1);
  const made: [number, number][] = [];
  for (let step = 0; step < merges; step++) {
    const counts = new Map<number, number>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        if (lengths[word[i]!]! + lengths[word[i + 1]!]! > maxTokenLength) continue;
        const key = word[i]! * 65_536 + word[i + 1]!;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const best = [...counts].sort(([a, m], [b, n]) => n - m || a - b)[0];
    if (!best || best[1] < minFrequency) break;
    const [left, right] = [Math.floor(best[0] / 65_536), best[0] % 65_536];
    made.push([left, right]);
    lengths.push(lengths[left]! + lengths[right]!);
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, 256 + step);
      }
    }
  }
  return made;
}

describe("ties by ids: the textbook algorithm gives the same merges", () => {
  async function compare(text: string, pattern: Pattern, limits: Limits): Promise<void> {
    const events: MergeEvent[] = [];
    const onMerge = (event: MergeEvent) => events.push(event);
    const options = { vocabSize: 256 + 40, specialTokens: [], pattern, onMerge, ...limits };
    const tokenizer = await train([text], options);
    expect(events.map(({ left, right }) => [left, right])).toEqual(naive(tokenizer.split(text), 40, limits));
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => 256 + i));
  }

  test.each<Limits>([{}, { minFrequency: 4 }, { maxTokenLength: 3 }, { maxTokenLength: 5, minFrequency: 2 }])(
    "%j",
    async (limits) => {
      const random = seeded(4);
      for (let round = 0; round < 20; round++) {
        // Few letters make for many ties, and for pairs that overlap themselves.
        const text = Array.from({ length: 300 }, () => "aab \n"[Math.floor(random() * 5)]).join("");
        await compare(text, "cl100k", limits);
      }
    },
  );

  test("words as long as the text", async () => {
    const random = seeded(5);
    for (let round = 0; round < 20; round++) {
      await compare(Array.from({ length: 400 }, () => "aaab"[Math.floor(random() * 4)]).join(""), /.+/s, {});
    }
  });
});

test("a word of a megabyte, and a text of one", async () => {
  const random = seeded(6);
  const text = Array.from({ length: 2 ** 20 }, () => "ACGT"[Math.floor(random() * 4)]).join("");
  const counts: number[] = [];
  const onMerge = ({ count }: MergeEvent) => counts.push(count);
  const tokenizer = await train(text, { vocabSize: 1257, onMerge });
  expect(tokenizer.vocabSize).toBe(1257);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
});

test("counts go beyond 32 bits", () => {
  const bytes = new TextEncoder().encode("abcdabxcd");
  const heavy = { bytes, ends: Uint32Array.of(4, 6, 9), counts: Float64Array.of(2 ** 40, 1, 3), read: 0 };
  const counter = new WordCounter(trainingModule(), "gpt2", classTable());
  counter.addCounts(heavy);
  counter.addCounts(heavy);
  const words = counter.counts();
  expect(words.counts.toSorted()).toEqual(Float64Array.of(2, 6, 2 ** 41));
  const symbolOf = Int32Array.from({ length: 256 }, (_, byte) => byte);
  const limits = { minFrequency: 1, maxTokenLength: 100 };
  const merger = new PairMerger(words, { symbolOf, first: 256, steps: 3, ...limits });
  while (merger.advance());
  const [a, b, c, d] = [97, 98, 99, 100] as const;
  expect(Array.from({ length: merger.length }, (_, step) => merger.merge(step))).toEqual([
    { left: c, right: d, count: 2 ** 41 + 6 },
    { left: a, right: b, count: 2 ** 41 + 2 },
    { left: 257, right: 256, count: 2 ** 41 },
  ]);
});

test("more memory than there can be is an error that says what to do", () => {
  const words = {
    bytes: Uint8Array.of(1, 2),
    ends: Uint32Array.of(2),
    counts: Float64Array.of(1),
    read: 0,
  };
  const options = { symbolOf: new Int32Array(256), first: 256, minFrequency: 1, maxTokenLength: 100 };
  const lay = () => new PairMerger(words, { ...options, steps: 100_000_000 });
  expect(lay).toThrow(TrainingError);
  expect(lay).toThrow(/1 distinct words .* 4 GB.*less text/);
});

test("what training gives, tiktoken's form says too", async () => {
  const tokenizer = await train(MIXED, { vocabSize: 600, pattern: "cl100k" });
  const { pattern, specialTokens } = tokenizer;
  expect([...specialTokens]).toEqual([["<|endoftext|>", 599]]);
  const again = Tokenizer.fromTiktoken(tokenizer.toTiktoken(), { pattern, specialTokens });
  for (const text of MIXED) expect(again.encode(text)).toEqual(tokenizer.encode(text));
});

test("a RegExp of the user's", async () => {
  const tokenizer = await train(["aXbXaXb"], { vocabSize: 300, pattern: /[a-z]+|X/, specialTokens: [] });
  expect(tokenizer.vocabSize).toBe(256);
  const joined = await train(["aXbXaXb"], { vocabSize: 257, pattern: /[a-zX]+/, specialTokens: [] });
  expect(joined.decode([256])).toBe("Xb");
});

test("saved whole, or not at all", async () => {
  const tokenizer = await train(MIXED, { vocabSize: 400 });
  const path = join(folder, "tokenizer.json");
  await save(tokenizer, path);
  const read = await load(path);
  expect(JSON.stringify(read.toHF())).toBe(JSON.stringify(tokenizer.toHF()));
  expect(read.encode(MIXED.join("\n"))).toEqual(tokenizer.encode(MIXED.join("\n")));
  await expect(save(tokenizer, join(folder, "absent", "x.json"))).rejects.toThrow(
    /there is no folder .*absent/,
  );
  writeFileSync(path, "{");
  await expect(load(path)).rejects.toThrow(/tokenizer.json: .*not JSON/);
});
