// What an error advises is done, and works.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { characters } from "../src/characters.js";
import { expressions } from "../src/expressions.js";
import {
  DisallowedSpecialError,
  type HFTokenizer,
  patternRegExp,
  splitByTokens,
  Tokenizer,
  train,
} from "../src/index.js";
import { load, save } from "../src/node.js";

const BYTES = Array.from({ length: 256 }, (_, byte) => [Uint8Array.of(byte), byte] as const);
const EOT = "<|endoftext|>";
const own = /[a-z]+|[^a-z]+/;
let folder: string;
let trained: Tokenizer;
let file: HFTokenizer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bpe-"));
  trained = await train("she sells sea shells", { vocabSize: 262, pattern: "gpt2" });
  file = trained.toHF();
});
afterAll(() => rm(folder, { recursive: true }));

const split = {
  type: "Sequence",
  pretokenizers: [
    { type: "Split", pattern: { Regex: "[a-z]+" }, behavior: "Isolated", invert: false },
    { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
};
const marked = {
  added_tokens: [],
  pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
  model: { type: "BPE", vocab: { "▁": 0, a: 1 }, merges: [] },
};

type Advice = [error: RegExp, fails: () => unknown, works: () => unknown];

test.each<[string, () => Advice]>([
  [
    "a special token in the text",
    () => [
      /allowedSpecial: \["<\|endoftext\|>"\] \} .* \{ disallowedSpecial: \[\] \} .* encodeOrdinary/,
      () => trained.encode(EOT),
      () => [
        trained.encode(EOT, { allowedSpecial: [EOT] }),
        trained.encode(EOT, { disallowedSpecial: [] }),
        trained.encodeOrdinary(EOT),
      ],
    ],
  ],
  [
    "a special token as a word",
    () => [
      /it must be "all" or a list of tokens, such as \["<\|endoftext\|>"\]/,
      () => trained.encode(EOT, { allowedSpecial: EOT }),
      () => [trained.encode(EOT, { allowedSpecial: "all" }), trained.encode(EOT, { allowedSpecial: [EOT] })],
    ],
  ],
  [
    "a file with an expression of its own",
    () => [
      /`await Tokenizer.openHF\(json\)`, or pass \{ expressions \} of @llm\/bpe\/expressions/,
      () => Tokenizer.fromHF({ ...file, pre_tokenizer: split }),
      async () => [
        await Tokenizer.openHF({ ...file, pre_tokenizer: split }),
        Tokenizer.fromHF({ ...file, pre_tokenizer: split }, { expressions }),
      ],
    ],
  ],
  [
    "a file with edits of text",
    () => [
      /`await Tokenizer.openHF\(json\)`, or pass \{ expressions \}/,
      () => Tokenizer.fromHF({ ...file, normalizer: { type: "Lowercase" } }),
      () => Tokenizer.fromHF({ ...file, normalizer: { type: "Lowercase" } }, { expressions }),
    ],
  ],
  [
    "a file of SentencePiece's kind",
    () => [
      /`await Tokenizer.openHF\(json\)`, or pass \{ characters \} of @llm\/bpe\/characters/,
      () => Tokenizer.fromHF(marked),
      async () => [await Tokenizer.openHF(marked), Tokenizer.fromHF(marked, { characters })],
    ],
  ],
  [
    "a step that cannot be read",
    () => [
      /The pre_tokenizer has "UnicodeScripts", which cannot be read: leave it out/,
      () => Tokenizer.openHF({ ...file, pre_tokenizer: sequenceOf({ type: "UnicodeScripts" }) }),
      () => Tokenizer.openHF({ ...file, pre_tokenizer: sequenceOf() }),
    ],
  ],
  [
    "a RegExp of the user's, saved",
    () => [
      /pass \{ expressions \} of @llm\/bpe\/expressions to toHF, or write the file by `save` of @llm\/bpe\/node/,
      () => Tokenizer.fromTiktoken(BYTES, { pattern: own }).toHF(),
      async () => {
        const tokenizer = Tokenizer.fromTiktoken(BYTES, { pattern: own });
        tokenizer.toHF({ expressions });
        await save(tokenizer, join(folder, "own.json"));
      },
    ],
  ],
  [
    "a table without its pattern",
    () => [
      /Pass the encoding's name, or \{ pattern, specialTokens \}/,
      () => load(join(folder, "bytes.tiktoken")),
      () => load(join(folder, "bytes.tiktoken"), { pattern: "gpt2", specialTokens: {} }),
    ],
  ],
  [
    "an encoding that was never published",
    () => [
      /For another one pass \{ pattern, specialTokens \}/,
      () => Tokenizer.fromTiktoken(BYTES, "mine" as never),
      () => Tokenizer.fromTiktoken(BYTES, { pattern: "gpt2", specialTokens: {} }),
    ],
  ],
  [
    "options beside a tokenizer.json",
    () => [
      /pass no options/,
      () => load(join(folder, "tokenizer.json"), { pattern: "gpt2" }),
      () => load(join(folder, "tokenizer.json")),
    ],
  ],
  [
    "a vocabulary whose ids are no ranks",
    () => [
      /Save it as tokenizer.json instead/,
      () => reordered().toTiktoken(),
      () => save(reordered(), join(folder, "reordered.json")),
    ],
  ],
  [
    "a token that merges do not reach",
    () => [
      /Save the tokenizer as tokenizer.json instead/,
      () => unreachable().toVocabBpe(),
      () => save(unreachable(), join(folder, "unreachable.json")),
    ],
  ],
  [
    "characters for two files",
    () => [
      /Only a tokenizer.json can hold this: use toHF/,
      () => Tokenizer.fromHF(marked, { characters }).toVocabBpe(),
      () => Tokenizer.fromHF(marked, { characters }).toHF(),
    ],
  ],
  [
    "a special token that a vocabulary lacks",
    () => [
      /pass specialTokens as \{ token: id \} to add it/,
      () => Tokenizer.fromVocabBpe({ a: 0 }, "", { specialTokens: ["<s>"] }),
      () => Tokenizer.fromVocabBpe({ a: 0 }, "", { specialTokens: { "<s>": 1 } }),
    ],
  ],
  [
    "a byte that no token is",
    () => [
      /Train with the whole byte alphabet/,
      async () => (await train("a", { vocabSize: 2, initialAlphabet: "seen" })).encode("b"),
      async () => (await train("a", { vocabSize: 258, initialAlphabet: "bytes" })).encode("b"),
    ],
  ],
  [
    "a budget below one character",
    () => [
      /too small for "🐚" at index 0, which has 4 tokens/,
      () => splitByTokens(trained, "🐚", { budget: 3 }),
      () => splitByTokens(trained, "🐚", { budget: 4 }),
    ],
  ],
  [
    "a pattern's name that was mistyped",
    () => [/did you mean "gpt2"\?/, () => patternRegExp("gtp2"), () => patternRegExp("gpt2")],
  ],
  [
    "an expression that JavaScript cannot say",
    () => [
      /Replace it in the file by one without that/,
      () => patternRegExp("(?~a)b"),
      () => patternRegExp("[^a]*b"),
    ],
  ],
])("%s", async (_, of) => {
  await writeFile(
    join(folder, "bytes.tiktoken"),
    Tokenizer.fromTiktoken(BYTES, { pattern: "gpt2" }).toTiktoken(),
  );
  await save(trained, join(folder, "tokenizer.json"));
  const [message, fails, works] = of();
  await expect((async () => fails())()).rejects.toThrow(message);
  await works();
});

test("the error of a special token says where it is", () => {
  expect(() => trained.encode(`a ${EOT}`)).toThrow(DisallowedSpecialError);
});

function sequenceOf(...steps: object[]): object {
  return {
    type: "Sequence",
    pretokenizers: [
      ...steps,
      { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    ],
  };
}

/** Merges in another order than their ids. */
function reordered(): Tokenizer {
  return Tokenizer.fromHF({ ...file, model: { ...file.model, merges: [...file.model.merges].reverse() } });
}

/** "abc" is a token, but nothing that it could be merged from. */
function unreachable(): Tokenizer {
  return Tokenizer.fromTiktoken([...BYTES, [new TextEncoder().encode("abc"), 256]], { pattern: "gpt2" });
}
