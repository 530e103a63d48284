import { expect, test } from "vitest";
import { cutsOfTokenizer } from "../src/cli/borders.js";
import { PATTERN_SOURCES, type PatternName, Tokenizer, train } from "../src/index.js";
import { safeParts } from "../src/text-parts.js";
import { fuzz, MIXED, seeded } from "./texts.js";

const random = seeded(11);
const TEXTS = [
  MIXED.join("\n"),
  MIXED.join(" "),
  MIXED.join("\r\n"),
  MIXED.join("!\n\n  \n"),
  Array.from({ length: 3000 }, () => fuzz(random, 10)).join("\n"),
  Array.from({ length: 3000 }, () => fuzz(random, 6)).join(" a\n"),
  Array.from({ length: 3000 }, () => fuzz(random, 6)).join("1 \n"),
].map((text) => text.replace(/\p{Surrogate}/gu, "?"));

async function partsOf(text: string, tokenizer: Tokenizer, size: number): Promise<string[]> {
  async function* chunks() {
    for (let at = 0; at < text.length; at += 13) yield text.slice(at, at + 13);
  }
  const parts: string[] = [];
  for await (const part of safeParts(chunks(), cutsOfTokenizer(tokenizer), size)) parts.push(part);
  return parts;
}

async function expectSame(tokenizer: Tokenizer, text: string): Promise<number> {
  const parts = await partsOf(text, tokenizer, 16);
  expect(parts.join("") === text).toBe(true);
  const options = { allowedSpecial: "all" } as const;
  const ids = parts.flatMap((part) => Array.from(tokenizer.encode(part, options)));
  const whole = Array.from(tokenizer.encode(text, options));
  const differs = ids.findIndex((id, i) => id !== whole[i]);
  expect(differs < 0 ? "" : JSON.stringify(tokenizer.decode(whole.slice(differs - 5, differs + 5)))).toBe("");
  expect(ids.length).toBe(whole.length);
  return parts.length;
}

test.each(Object.keys(PATTERN_SOURCES) as PatternName[])(
  "%s: parts give the ids of the whole",
  async (pattern) => {
    const tokenizer = await train(TEXTS, { vocabSize: 1500, pattern });
    let count = 0;
    for (const text of TEXTS) count += await expectSame(tokenizer, text);
    expect(count).toBeGreaterThan(1000);
  },
);

test.each(["NFC", "NFD", "NFKC", "NFKD"])("after %s too", async (type) => {
  for (const pattern of ["cl100k", "gpt2"] as const) {
    const file = (await train(TEXTS, { vocabSize: 1500, pattern })).toHF();
    const tokenizer = Tokenizer.fromHF({ ...file, normalizer: { type } });
    let count = 0;
    for (const text of [...TEXTS, "\u0958\n x \ufe70\n क\u093c\n é\n".repeat(50)]) {
      count += await expectSame(tokenizer, text);
    }
    expect(count).toBeGreaterThan(1000);
  }
});

test("tokens that hold or take white space are not cut", async () => {
  const special = ["<a b>", "x\ny", "END", "GO"];
  const file = (await train(TEXTS, { vocabSize: 600, pattern: "gpt2", specialTokens: special })).toHF();
  for (const token of file.added_tokens) {
    if (token.content === "END") token.rstrip = true;
    if (token.content === "GO") token.lstrip = true;
  }
  const tokenizer = Tokenizer.fromHF(file);
  const words = [...special, " ", "\n", "   ", "a", "<a", "b>", "word", "x", "!"];
  for (let round = 0; round < 200; round++) {
    const text = Array.from({ length: 40 }, () => words[Math.floor(random() * words.length)]).join("");
    await expectSame(tokenizer, text);
  }
});

test("an expression of the user's is cut nowhere, and a text without borders stays whole", async () => {
  const custom = await train("a b\nc d", { vocabSize: 257, pattern: /[a-z \n]+/ });
  expect(await partsOf("a b\nc d ".repeat(100), custom, 16)).toHaveLength(1);
  const known = await train("a b\nc d", { vocabSize: 257, pattern: "gpt2" });
  expect(await partsOf("!?".repeat(1000), known, 16)).toHaveLength(1);
});

const level = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const after = (...steps: object[]) => ({
  pre_tokenizer: { type: "Sequence", pretokenizers: [...steps, level] },
});
const split = { type: "Split", pattern: { Regex: "\\s.{1,99}" }, behavior: "Isolated", invert: false };

test.each<[string, boolean, object]>([
  ["a blank in front", false, { pre_tokenizer: { ...level, add_prefix_space: true } }],
  ["an expression first", false, after(split)],
  ["digits first", true, after({ type: "Digits", individual_digits: false })],
  ["punctuation first", true, after({ type: "Punctuation", behavior: "Contiguous" })],
  ["small letters", true, { normalizer: { type: "Lowercase" } }],
  ["no white space around", false, { normalizer: { type: "Strip", strip_left: true, strip_right: true } }],
  ["a text in front", false, { normalizer: { type: "Prepend", prepend: "x" } }],
  [
    "one blank for many",
    false,
    { normalizer: { type: "Replace", pattern: { Regex: "\\s+" }, content: " " } },
  ],
])("%s: cut or not (%s), the ids of the whole", async (_, isCut, parts) => {
  const file = (await train(TEXTS, { vocabSize: 600, pattern: "gpt2" })).toHF();
  const tokenizer = await Tokenizer.openHF({ ...file, ...parts });
  let count = 0;
  for (const text of TEXTS) count += await expectSame(tokenizer, text.slice(0, 20_000));
  expect(count > TEXTS.length).toBe(isCut);
});
