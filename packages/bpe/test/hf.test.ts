import { Tokenizer as Theirs } from "tokenizers";
import { describe, expect, test } from "vitest";
import { type PatternName, Tokenizer, TokenizerFormatError, train, VocabularyError } from "../src/index.js";
import { table } from "./tables.js";
import { fuzz, MIXED, seeded } from "./texts.js";

async function idsOf(theirs: Theirs, text: string): Promise<number[]> {
  return (await theirs.encode(text, null, { addSpecialTokens: false })).getIds();
}

describe("what is saved opens in Hugging Face's tokenizers with the same ids", () => {
  test.each(["gpt2", "cl100k", "o200k"] as const)("%s's own table", async (name) => {
    const { ours } = table(name);
    const json = JSON.stringify(ours.toHF());
    const theirs = Theirs.fromString(json);
    const again = Tokenizer.fromHF(json);
    const random = seeded(9);
    for (const text of [...MIXED, ...Array.from({ length: 300 }, () => fuzz(random))]) {
      const ids = Array.from(ours.encodeOrdinary(text));
      expect(Array.from(again.encodeOrdinary(text))).toEqual(ids);
      expect(await idsOf(theirs, text), JSON.stringify(text)).toEqual(ids);
    }
    expect(again.pattern).toBe(name);
    const special = "a<|endoftext|> b";
    expect(await idsOf(theirs, special)).toEqual(
      Array.from(again.encode(special, { allowedSpecial: "all" })),
    );
    expect(JSON.stringify(again.toHF()) === json).toBe(true);
  });

  test.each(["gpt2", "r50k", "p50k", "cl100k", "qwen2", "nanochat", "o200k"] as PatternName[])(
    "one trained with %s",
    async (pattern) => {
      const ours = await train(MIXED, { vocabSize: 400, pattern, specialTokens: ["<|a|>", "<|b|>"] });
      const theirs = Theirs.fromString(JSON.stringify(ours.toHF()));
      for (const text of [...MIXED, "x<|a|><|b|>  y"]) {
        expect(await idsOf(theirs, text)).toEqual(Array.from(ours.encode(text, { allowedSpecial: "all" })));
      }
      const ids = ours.encode("x<|a|> été 日本", { allowedSpecial: "all" });
      expect(await theirs.decode(Array.from(ids), false)).toBe("x<|a|> été 日本");
    },
  );
});

test("without ignore_merges a token that merges cannot reach stays in parts", () => {
  const file = table("gpt2").ours.toHF();
  const [left, right] = file.model.merges.pop()!;
  const whole = { ...file, model: { ...file.model, ignore_merges: true } };
  const parts = { ...file, model: { ...file.model, ignore_merges: false } };
  const text = new TextDecoder().decode(Tokenizer.fromHF(whole).tokenBytes(file.model.vocab[left + right]!));
  expect(Tokenizer.fromHF(whole).encode(text).length).toBe(1);
  expect(Tokenizer.fromHF(parts).encode(text).length).toBe(2);
});

test("merges in an order that no training gives, in pieces of any length", async () => {
  const random = seeded(21);
  const letters = (count: number, of: string) =>
    Array.from({ length: count }, () => of[Math.floor(random() * of.length)]).join("");
  const file = (await train(letters(20_000, "abc"), { vocabSize: 500, pattern: "gpt2" })).toHF();
  file.model.merges.sort(() => random() - 0.5);
  const [ours, theirs] = [Tokenizer.fromHF(file), Theirs.fromString(JSON.stringify(file))];
  // Among these are pieces of one byte, of as many as fit in a vector and more, and of a heap.
  for (const length of [1, 2, 15, 16, 17, 18, 40, 64, 65, 66, 300, 2000]) {
    for (const of of ["a", "ab", "abc", "abcdefghijklmnopqrstuvwxyz"]) {
      const text = letters(length, of);
      expect(Array.from(ours.encode(text)), text).toEqual(await idsOf(theirs, text));
    }
  }
});

describe("reading other files", () => {
  const file = () =>
    structuredClone({ ...SMALL.toHF() }) as unknown as Record<string, never> & {
      model: Record<string, unknown>;
    };
  const added = (id: number, content: string) => ({ id, content, special: true });
  let SMALL: Tokenizer;
  test("old merges are strings", async () => {
    SMALL = await train(MIXED, { vocabSize: 300, pattern: "gpt2" });
    const old = file();
    old.model["merges"] = SMALL.toHF().model.merges.map((pair) => pair.join(" "));
    expect(JSON.stringify(Tokenizer.fromHF(old).toHF())).toBe(JSON.stringify(SMALL.toHF()));
  });

  test("llama3's expression, added tokens that are not special, and NFC", async () => {
    const json = {
      ...file(),
      normalizer: { type: "NFC" },
      added_tokens: [{ id: 400, content: "<tool>", special: false, normalized: false }],
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          {
            type: "Split",
            pattern: {
              Regex:
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            },
            behavior: "Isolated",
            invert: false,
          },
          { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
        ],
      },
    };
    const tokenizer = Tokenizer.fromHF(json);
    expect(tokenizer.pattern).toBe("cl100k");
    expect(Array.from(tokenizer.encode("<tool>").slice(0, 1))).toEqual([400]);
    expect(tokenizer.encode("e\u0301")).toEqual(tokenizer.encode("é"));
    expect(tokenizer.count("a<tool>")).toBe(2);
  });

  test("a fault is an error that names it", () => {
    const broken: [unknown, RegExp][] = [
      ["{", /not JSON/],
      [[], /not an object/],
      [{}, /"model" is missing/],
      [{ ...file(), model: { type: "Unigram" } }, /"Unigram"/],
      [{ ...file(), model: { type: "WordPiece" } }, /"WordPiece"/],
      [{ ...file(), model: { vocab: [["a", 0]] } }, /"Unigram"/],
      [{ ...file(), model: { ...file().model, end_of_word_suffix: "</w>" } }, /end_of_word_suffix/],
      [{ ...file(), model: { ...file().model, merges: [["a", "zz"]] } }, /Merge 0 needs "zz"/],
      [{ ...file(), model: { ...file().model, merges: ["a b c"] } }, /Merge 0 is "a b c"/],
      [{ ...file(), model: { ...file().model, vocab: { a: 0, b: 0 } } }, /Id 0 is given twice/],
      [{ ...file(), model: { ...file().model, vocab: { a: -1 } } }, /"a" has the id -1/],
      [{ ...file(), model: { ...file().model, vocab: { "▁a": 0 } } }, /not in the byte alphabet/],
      [{ ...file(), normalizer: { type: "StripAccents" } }, /"StripAccents"/],
      [{ ...file(), pre_tokenizer: { type: "Metaspace" } }, /made of characters.*openHF/],
      [
        {
          ...file(),
          pre_tokenizer: {
            type: "Sequence",
            pretokenizers: [{ type: "UnicodeScripts" }, { type: "ByteLevel" }],
          },
        },
        /"UnicodeScripts"/,
      ],
      [{ ...file(), added_tokens: [{ id: 1, content: "<x>" }] }, /"<x>" has the id 1/],
      [{ ...file(), added_tokens: {} }, /"added_tokens" is not a list/],
      [{ ...file(), added_tokens: [{ id: 500, content: "" }] }, /500 is empty/],
      [{ ...file(), added_tokens: [{ id: 2 ** 30, content: "<x>" }] }, /needs a content and an id/],
      [{ ...file(), added_tokens: [added(500, "<x>"), added(501, "<x>")] }, /"<x>" has the ids 500 and 501/],
      [{ ...file(), added_tokens: [added(500, "<x>"), added(500, "<y>")] }, /both have the id 500/],
      [{ ...file(), added_tokens: [added(500, "ab\ud800")] }, /half a character/],
      [{ ...file(), added_tokens: [added(900, "a")] }, /"a" has the id 900, but the vocabulary lists it as/],
      [
        { ...file(), normalizer: { type: "Sequence", normalizers: [{ type: "BertNormalizer" }] } },
        /"BertNormalizer"/,
      ],
      [{ ...file(), pre_tokenizer: { type: "Sequence", pretokenizers: {} } }, /not a list/],
      [{ ...file(), model: { ...file().model, vocab: null } }, /"model.vocab" is not an object/],
      [{ ...file(), model: { ...file().model, merges: undefined } }, /"model.merges" is missing/],
    ];
    for (const [json, message] of broken) {
      expect(() => Tokenizer.fromHF(json as object)).toThrow(message);
      let thrown: unknown;
      try {
        Tokenizer.fromHF(json as object);
      } catch (error) {
        thrown = error;
      }
      expect(thrown instanceof TokenizerFormatError || thrown instanceof VocabularyError).toBe(true);
    }
  });

  test("a byte that a file has no token for is an error when it is met", () => {
    const json = file();
    json.model["vocab"] = { a: 0, b: 1, ab: 2 };
    json.model["merges"] = [["a", "b"]];
    const tokenizer = Tokenizer.fromHF({ ...json, added_tokens: [] });
    expect(Array.from(tokenizer.encode("abb"))).toEqual([2, 1]);
    expect(() => tokenizer.encode("abc")).toThrow(/byte 0x63/);
  });
});
