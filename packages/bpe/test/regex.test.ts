import { Tokenizer as Theirs } from "tokenizers";
import { describe, expect, test } from "vitest";
import { expressions } from "../src/expressions.js";
import { OptionsError, patternRegExp, Tokenizer, TokenizerFormatError, train } from "../src/index.js";
import { fileOf, piecesOf, tokenizerOf } from "./regex.js";
import { EXPRESSIONS, PATTERNS, REFUSED, UNWRITABLE } from "./regex-patterns.js";
import { TEXTS } from "./regex-texts.js";

describe("an expression in a file cuts as Hugging Face's tokenizers", () => {
  test.each(PATTERNS)("%s", async (pattern) => {
    const file = fileOf(pattern);
    const [ours, theirs] = [Tokenizer.fromHF(file, { expressions }), Theirs.fromString(file)];
    for (const text of TEXTS) expect(ours.split(text), text).toEqual(await piecesOf(theirs, text));
    expect(ours.toHF().pre_tokenizer).toEqual(JSON.parse(file).pre_tokenizer);
  });

  test.each(REFUSED)("%s is refused by name", (pattern, named) => {
    const read = () => Tokenizer.fromHF(fileOf(pattern), { expressions });
    expect(read).toThrow(TokenizerFormatError);
    expect(read).toThrow(named);
  });
});

describe("a RegExp, saved, cuts the same here and in Hugging Face's tokenizers", () => {
  test.each(EXPRESSIONS)("%s", async (pattern) => {
    const ours = tokenizerOf(pattern);
    const file = JSON.stringify(ours.toHF({ expressions }));
    const [again, theirs] = [Tokenizer.fromHF(file, { expressions }), Theirs.fromString(file)];
    for (const text of TEXTS) {
      const pieces = ours.split(text);
      expect(pieces.join("")).toBe(text);
      expect(again.split(text), text).toEqual(pieces);
      expect(await piecesOf(theirs, text), text).toEqual(pieces);
    }
  });

  test.each(UNWRITABLE)("%s is refused by name", (pattern, named) => {
    const write = () => tokenizerOf(pattern).toHF({ expressions });
    expect(write).toThrow(TokenizerFormatError);
    expect(write).toThrow(named);
  });
});

describe("characters beyond U+FFFF stay whole", () => {
  const text = "a😀👍b𐐀";

  test.each([/./g, /[^a]/, /\W/, /[\s\S]/, /(?:)/, /\B/, /\ud83d/])("%s", (pattern) => {
    const pieces = tokenizerOf(pattern).split(text);
    expect(pieces.join("")).toBe(text);
    for (const piece of pieces) expect(piece).not.toMatch(/\p{Surrogate}/u);
  });

  test("in training too", async () => {
    const trained = await train([text.repeat(50)], { vocabSize: 280, pattern: /./ });
    const tokens = Array.from(trained.encode(text), (id) => trained.decode([id]));
    expect(tokens).toEqual(["a", "😀", "👍", "b", "𐐀"]);
  });

  test("what is wrong with the flag u is refused, wherever it is given", async () => {
    const [source, flags] = [String.raw`\-x`, "g"];
    const pattern = new RegExp(source, flags);
    expect(() => tokenizerOf(pattern)).toThrow(OptionsError);
    expect(() => tokenizerOf(pattern)).toThrow(/valid with the flag u/);
    await expect(train("abc", { vocabSize: 300, pattern })).rejects.toThrow(/valid with the flag u/);
  });
});

test.each(["gtp2", "cl100k_base", "GPT2", "toString"])("no pattern is named %s", (name) => {
  expect(() => patternRegExp(name)).toThrow(OptionsError);
  expect(() => tokenizerOf(name as never)).toThrow(OptionsError);
  expect(() => Tokenizer.fromVocabBpe({}, "", { pattern: name as never })).toThrow(OptionsError);
});

test("and the one that was meant is named", () => {
  expect(() => patternRegExp("gtp2")).toThrow('did you mean "gpt2"?');
});
