import { describe, expect, test } from "vitest";
import { DisallowedSpecialError, Tokenizer, VocabularyError } from "../src/index.js";
import { table } from "./tables.js";

const { ours, theirs } = table("cl100k");
const TEXT = "a <|endoftext|> b<|fim_prefix|><|endofprompt|>  ";

describe("special tokens as in tiktoken", () => {
  test("not allowed: an error that names the token and the ways out", () => {
    expect(() => theirs.encode(TEXT)).toThrow();
    expect(() => ours.encode(TEXT)).toThrow(DisallowedSpecialError);
    expect(() => ours.encode(TEXT)).toThrow(
      /"<\|endoftext\|>" at index 2.*allowedSpecial.*disallowedSpecial/,
    );
    expect(() => ours.encode(TEXT, { allowedSpecial: ["<|endoftext|>"] })).toThrow(/<\|fim_prefix\|>/);
    expect(() => theirs.encode(TEXT, ["<|endoftext|>"])).toThrow();
  });

  test("allowed, disallowed, and neither", () => {
    expect(ours.encode(TEXT, { allowedSpecial: "all" })).toEqual(theirs.encode(TEXT, "all"));
    expect(ours.encode(TEXT, { disallowedSpecial: [] })).toEqual(theirs.encode(TEXT, [], []));
    expect(ours.encode(TEXT, { allowedSpecial: ["<|endofprompt|>"], disallowedSpecial: [] })).toEqual(
      theirs.encode(TEXT, ["<|endofprompt|>"], []),
    );
    expect(
      ours.encode(TEXT, { allowedSpecial: ["<|endoftext|>", "<|fim_prefix|>"], disallowedSpecial: ["zzz"] }),
    ).toEqual(theirs.encode(TEXT, ["<|endoftext|>", "<|fim_prefix|>"], ["zzz"]));
    expect(ours.encodeOrdinary(TEXT)).toEqual(theirs.encode_ordinary(TEXT));
  });

  test("a name that is no special token is a mistake worth an error", () => {
    expect(() => ours.encode("x", { allowedSpecial: ["<|nope|>"] })).toThrow(
      /"<\|nope\|>".*"<\|endoftext\|>"/,
    );
  });

  test("decoded as their text", () => {
    expect(ours.decode([64, 100257, 65])).toBe("a<|endoftext|>b");
    expect(ours.specialTokens.get("<|endofprompt|>")).toBe(100276);
    expect(ours.vocabSize).toBe(100277);
  });
});

test("overlapping special tokens: leftmost, then longest", () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => [Uint8Array.of(byte), byte] as const);
  const specialTokens = { "<a>": 256, "<a><b>": 257, "b>c": 258, ".*": 259 };
  const tokenizer = Tokenizer.fromTiktoken(bytes, { pattern: "gpt2", specialTokens });
  const encode = (text: string) => Array.from(tokenizer.encode(text, { allowedSpecial: "all" }));
  expect(encode("<a><b><a>")).toEqual([257, 256]);
  expect(encode("<a><b>c")).toEqual([257, 99]);
  expect(encode("b>c.*")).toEqual([258, 259]);
});

test("keys that every object has are text like any other", () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => [Uint8Array.of(byte), byte] as const);
  const specialTokens = new Map([
    ["constructor", 256],
    ["__proto__", 257],
  ]); // prettier-ignore
  const tokenizer = Tokenizer.fromTiktoken(bytes, { pattern: "gpt2", specialTokens });
  expect(Array.from(tokenizer.encode("__proto__constructor", { allowedSpecial: "all" }))).toEqual([257, 256]);
  expect(() => tokenizer.encode("hasOwnProperty", { allowedSpecial: ["toString"] })).toThrow(VocabularyError);
  const again = Tokenizer.fromHF(JSON.stringify(tokenizer.toHF()));
  expect(again.specialTokens).toEqual(specialTokens);
  for (const key of ["constructor", "hasOwnProperty", "__proto__"]) {
    expect(ours.encode(key)).toEqual(theirs.encode(key));
  }
});
