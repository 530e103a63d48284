import { fileURLToPath } from "node:url";
import { useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type GGUFTokenizer, readGGUF, tokenizerJson, writeGGUF } from "../../src/formats/index.js";
import { ConfigError, Gpt } from "../../src/index.js";

const golden = fileURLToPath(new URL("../golden/llama-cpp/llama/model.gguf", import.meta.url));

beforeAll(() => useEngine("reference"));

/** What a file says of a tokenizer that is written into it. */
async function written(
  tokenizer: string,
  { vocabSize, ...options }: { vocabSize: number; endOfText?: number; chatTemplate?: string },
): Promise<GGUFTokenizer> {
  const { chatTemplate, ...config } = options;
  const model = Gpt.create(
    { vocabSize, blockSize: 4, nLayer: 1, nHead: 1, nEmbd: 2, ...config },
    { seed: 1 },
  );
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [bytes] = await Promise.all([
    new Response(readable).arrayBuffer(),
    writeGGUF(model, writable, { tokenizer, ...(chatTemplate !== undefined && { chatTemplate }) }),
  ]);
  return (await readGGUF(new Uint8Array(bytes))).tokenizer!;
}

const LLAMA3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const level = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true };
const split = (Regex: string) => ({
  type: "Sequence",
  pretokenizers: [
    { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
    { ...level, use_regex: false },
  ],
});

/** A byte-level file of three letters. */
const letters = (changes: object = {}) => ({
  version: "1.0",
  added_tokens: [
    { id: 4, content: "<end>", special: true },
    { id: 6, content: "<tool>", special: false },
  ],
  normalizer: null,
  pre_tokenizer: level,
  post_processor: null,
  decoder: level,
  model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2, abb: 3 }, merges: ["a b", ["ab", "b"]] },
  ...changes,
});

describe("byte-level BPE", () => {
  test("from a file to tokenizer.json, and through another file", async () => {
    const { tokenizer } = await readGGUF(golden);
    const json = tokenizerJson(tokenizer!);
    const file = JSON.parse(json);
    expect(file.pre_tokenizer.pretokenizers.map(({ type }: { type: string }) => type)).toEqual([
      "Digits",
      "ByteLevel",
    ]);
    expect(file.model.merges).toEqual(["t h", "th e", "Ġ the", "a n", "i n"]);
    expect(file.model.vocab).toMatchObject({ "<|begin|>": 0, a: 3, Ġthe: 31 });
    expect(
      file.added_tokens.map(({ id, special }: { id: number; special: boolean }) => [id, special]),
    ).toEqual([
      [0, true],
      [1, true],
      [34, false],
    ]);
    expect(file.post_processor.single[0].SpecialToken.id).toBe("<|begin|>");
    const { chatTemplate } = tokenizer!;
    const again = await written(json, { vocabSize: 40, endOfText: 1, chatTemplate: chatTemplate! });
    expect(again).toEqual({ ...tokenizer, addEos: false });
  });

  test("ids without a token, added tokens, and both forms of merges", async () => {
    const read = await written(JSON.stringify(letters()), { vocabSize: 8, endOfText: 4 });
    expect(read).toEqual({
      model: "gpt2",
      pre: "gpt-2",
      tokens: ["a", "b", "ab", "abb", "<end>", "[PAD5]", "<tool>", "[PAD7]"],
      types: [1, 1, 1, 1, 3, 5, 4, 5],
      merges: ["a b", "ab b"],
      bosId: 4,
      eosId: 4,
      addBos: false,
      addEos: false,
    });
  });

  test.each([
    ["gpt-2", level],
    ["gpt-2", split("'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+")],
    ["llama-bpe", split(LLAMA3)],
    ["llama-bpe", split(LLAMA3.replaceAll("\\r", "\r").replaceAll("\\n", "\n"))],
    ["qwen2", split(LLAMA3.replace("{1,3}", ""))],
    ["smollm", { type: "Sequence", pretokenizers: [{ type: "Digits", individual_digits: true }, level] }],
  ])("is cut into words as %s: %#", async (pre, pre_tokenizer) => {
    const read = await written(JSON.stringify(letters({ pre_tokenizer })), { vocabSize: 8 });
    expect(read.pre).toBe(pre);
    const file = JSON.parse(tokenizerJson(read));
    expect((await written(JSON.stringify(file), { vocabSize: 8 })).pre).toBe(pre);
    expect(file.model.ignore_merges).toBe(pre === "llama-bpe");
  });

  test("without a tokenizer tokens are named by their ids, and nothing is said to end a text", async () => {
    const model = Gpt.create({ vocabSize: 13, blockSize: 4, nLayer: 1, nHead: 1, nEmbd: 2 }, { seed: 1 });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const [bytes] = await Promise.all([new Response(readable).arrayBuffer(), writeGGUF(model, writable)]);
    const read = await readGGUF(new Uint8Array(bytes));
    expect(read.tokenizer!.tokens.slice(11)).toEqual(["[11]", "[12]"]);
    expect(read.model.config.endOfText).toBeUndefined();
  });
});

describe("SentencePiece's BPE", () => {
  const tokens = ["<unk>", "<s>", "</s>", "<0x61>", "▁", "a", "b", "ab", "▁ab", "▁a"];
  const pieces: GGUFTokenizer = {
    model: "llama",
    pre: "default",
    tokens,
    types: [2, 3, 3, 6, 1, 1, 1, 1, 1, 1],
    scores: [0, 0, 0, 0, -9, -9, -9, -2, -1, 0],
    bosId: 1,
    eosId: 2,
    unknownId: 0,
    addBos: true,
    addSpacePrefix: true,
  };

  test("merges are all pairs that make a token, the best score first", () => {
    const { model, normalizer, post_processor } = JSON.parse(tokenizerJson(pieces));
    expect(model.merges).toEqual([
      ["▁", "a"],
      ["▁", "ab"],
      ["▁a", "b"],
      ["a", "b"],
    ]);
    expect(model).toMatchObject({ unk_token: "<unk>", byte_fallback: true });
    expect(normalizer.normalizers[0]).toEqual({ type: "Prepend", prepend: "▁" });
    expect(post_processor.single[0].SpecialToken.id).toBe("<s>");
  });

  test("goes into a file and comes back, with scores in the same order", async () => {
    const json = tokenizerJson(pieces);
    const read = await written(json, { vocabSize: 10, endOfText: 2 });
    expect(read).toEqual({ ...pieces, scores: read.scores, addEos: false });
    expect(JSON.parse(tokenizerJson(read))).toEqual(JSON.parse(json));
    const none = tokenizerJson({ ...pieces, addSpacePrefix: false, addBos: false });
    expect(await written(none, { vocabSize: 10, endOfText: 2 })).toMatchObject({
      addSpacePrefix: false,
      addBos: false,
    });
  });
});

test("characters in words that no token reaches over: scores stand for the cuts too", async () => {
  const blank = { type: "Replace", pattern: { String: " " }, content: "▁" };
  const cut = (Regex: string) => ({ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false });
  const file = (Regex: string) =>
    JSON.stringify({
      added_tokens: [{ id: 0, content: "<unk>", special: true }],
      normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, blank] },
      pre_tokenizer: cut(Regex),
      model: {
        type: "BPE",
        unk_token: "<unk>",
        vocab: { "<unk>": 0, a: 1, b: 2, "▁": 3, ab: 4, "▁ab": 5 },
        merges: [
          ["a", "b"],
          ["▁", "ab"],
        ],
      },
    });
  const read = await written(file("▁*[^▁]+|▁+"), { vocabSize: 6 });
  expect(read).toMatchObject({ model: "llama", addSpacePrefix: false, unknownId: 0 });
  expect(read.scores!.slice(4)).toEqual([0, -1]);
  await expect(written(file("▁|[^▁]+"), { vocabSize: 6 })).rejects.toThrow("no words for"); // cuts ▁ab
});

describe("what has no words there", () => {
  const cases: [string, unknown, string][] = [
    ["text", "no json", "is no JSON"],
    ["a list", "7", "holds no object"],
    ["WordPiece", letters({ model: { type: "WordPiece", vocab: {} } }), 'model is "WordPiece"'],
    ["no merges", letters({ model: { type: "BPE", vocab: {} } }), "without merges"],
    ["other cuts", letters({ pre_tokenizer: split("\\w+") }), "no name for pre_tokenizer"],
    ["a blank before", letters({ pre_tokenizer: { ...level, add_prefix_space: true } }), "no name for"],
    ["more tokens than rows", letters({ added_tokens: [{ id: 8, content: "<x>" }] }), '"<x>" has the id 8'],
    [
      "cuts of characters",
      letters({ pre_tokenizer: { type: "Whitespace" } }),
      'no words for [{"type":"Whitespace"}]',
    ],
  ];
  test.each(cases)("%s", async (_, file, message) => {
    const text = typeof file === "string" ? file : JSON.stringify(file);
    const writing = written(text, { vocabSize: 8 });
    await expect(writing).rejects.toThrow(ConfigError);
    await expect(writing).rejects.toThrow(message);
  });

  test("kinds and cuts of other files", () => {
    expect(() => tokenizerJson({ model: "t5", tokens: [] })).toThrow('tokenizer.ggml.model is "t5"');
    expect(() => tokenizerJson({ model: "gpt2", pre: "tekken", tokens: [] })).toThrow(
      'tokenizer.ggml.pre is "tekken"',
    );
  });
});
