import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BPE, byteLevelPreTokenizer, Tokenizer as Theirs } from "tokenizers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MergeEvent, Tokenizer, TrainingError, train } from "../src/index.js";
import { load, save } from "../src/node.js";
import { dataFolder } from "./tables.js";
import { fuzz, MIXED, seeded } from "./texts.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bpe-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A corpus of half a megabyte: prose, many scripts, code. */
function corpus(): string {
  const random = seeded(1);
  const plans = readFileSync(join(dataFolder, "TestPlans.txt"), "utf8");
  const odd = Array.from({ length: 2000 }, () => fuzz(random).replace(/\p{Surrogate}/gu, "?"));
  const code = train.toString() + readFileSync(new URL("../src/train.ts", import.meta.url), "utf8");
  return `${plans}${MIXED.join("\n").replace(/\p{Surrogate}/gu, "?")}\n${code}${odd.join("\n")}`;
}

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
    const expected = JSON.parse(readFileSync(saved, "utf8")).model.merges as [string, string][];
    // Its trainer reads files line by line.
    const lines = text.match(/[^\n]*\n|[^\n]+/g)!;
    const ours = await train(lines, {
      vocabSize: 30_000,
      pattern: "gpt2",
      specialTokens: [],
      tieBreak: "hf",
    });
    const merges = ours.toHF().model.merges;
    expect(merges.length).toBeGreaterThan(5000);
    const first = merges.findIndex((pair, i) => pair.join(" ") !== expected[i]!.join(" "));
    expect(first).toBe(-1);
    // Both go on until no pair is left, or the vocabulary is full.
    expect(merges.length).toBe(Math.min(expected.length, 30_000 - 256));
    // What it trained, this package reads; and they encode alike.
    const read = await load(saved);
    const sample = text.slice(1000, 20_000);
    expect(Array.from(read.encode(sample))).toEqual((await theirs.encode(sample)).getIds());
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

/** The textbook algorithm: recount all pairs before every merge. */
function naive(pieces: string[], merges: number): [number, number][] {
  const words = pieces.map((piece) => Array.from(new TextEncoder().encode(piece)));
  const made: [number, number][] = [];
  for (let step = 0; step < merges; step++) {
    const counts = new Map<number, number>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const key = word[i]! * 65_536 + word[i + 1]!;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const best = [...counts].sort(([a, m], [b, n]) => n - m || a - b)[0];
    if (!best) break;
    const [left, right] = [Math.floor(best[0] / 65_536), best[0] % 65_536];
    made.push([left, right]);
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, 256 + step);
      }
    }
  }
  return made;
}

test("ties by ids: the textbook algorithm gives the same merges", async () => {
  const random = seeded(4);
  for (let round = 0; round < 20; round++) {
    // Few letters make for many ties, and for pairs that overlap themselves.
    const text = Array.from({ length: 300 }, () => "aab \n"[Math.floor(random() * 5)]).join("");
    const events: MergeEvent[] = [];
    const tokenizer = await train([text], {
      vocabSize: 256 + 40,
      specialTokens: [],
      onMerge: (e) => events.push(e),
    });
    expect(events.map(({ left, right }) => [left, right])).toEqual(naive(tokenizer.split(text), 40));
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => 256 + i));
  }
});

test("what training gives, tiktoken's form says too", async () => {
  const tokenizer = await train(MIXED, { vocabSize: 600, pattern: "cl100k" });
  const { pattern, specialTokens } = tokenizer;
  expect([...specialTokens]).toEqual([["<|endoftext|>", 599]]);
  const again = Tokenizer.fromTiktoken(tokenizer.toTiktoken(), { pattern, specialTokens });
  for (const text of MIXED) expect(again.encode(text)).toEqual(tokenizer.encode(text));
});

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

test("a RegExp of the user's", async () => {
  const tokenizer = await train(["aXbXaXb"], { vocabSize: 300, pattern: /[a-z]+|X/, specialTokens: [] });
  expect(tokenizer.vocabSize).toBe(256);
  const joined = await train(["aXbXaXb"], { vocabSize: 257, pattern: /[a-zX]+/, specialTokens: [] });
  expect(joined.decode([256])).toBe("Xb");
});

test("sizes, texts and names that cannot be are errors that say so", async () => {
  await expect(train(["a"], { vocabSize: 256 })).rejects.toThrow(/vocabSize is 256.*257/);
  await expect(train(["a"], { vocabSize: 300.5 })).rejects.toThrow(TrainingError);
  await expect(train([], { vocabSize: 300 })).rejects.toThrow(/no text/);
  await expect(train(["", ""], { vocabSize: 300 })).rejects.toThrow(TrainingError);
  await expect(train(["a"], { vocabSize: 300, specialTokens: ["x", "x"] })).rejects.toThrow(
    /"x" is given twice/,
  );
  await expect(train(["a"], { vocabSize: 300, specialTokens: [""] })).rejects.toThrow(/empty/);
  expect((await train(["ab"], { vocabSize: 300 })).vocabSize).toBe(258);
  const rare = await train(["ab ab cd"], { vocabSize: 300, minFrequency: 2, specialTokens: [] });
  expect(rare.vocabSize).toBe(257);
});

test("abort stops it, and other work gets its turn", async () => {
  await expect(train(["a"], { vocabSize: 300, signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  const controller = new AbortController();
  const endless = function* () {
    for (;;) yield "some text ";
  };
  setTimeout(() => controller.abort(new Error("enough")), 100);
  await expect(train(endless(), { vocabSize: 300, signal: controller.signal })).rejects.toThrow("enough");
});

test("saved whole, or not at all", async () => {
  const tokenizer = await train(MIXED, { vocabSize: 400 });
  const path = join(folder, "tokenizer.json");
  await save(tokenizer, path);
  const read = await load(path);
  expect(JSON.stringify(read.toHF())).toBe(JSON.stringify(tokenizer.toHF()));
  expect(read.encode(MIXED.join("\n"))).toEqual(tokenizer.encode(MIXED.join("\n")));
  await expect(save(tokenizer, join(folder, "absent", "x.json"))).rejects.toThrow(/ENOENT/);
  writeFileSync(path, "{");
  await expect(load(path)).rejects.toThrow(/tokenizer.json: .*not JSON/);
});
