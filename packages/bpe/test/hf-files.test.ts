// What files of the world have around a byte-level vocabulary, against Hugging Face's own library.
import { Tokenizer as Theirs } from "tokenizers";
import { beforeAll, describe, expect, test } from "vitest";
import { type HFTokenizer, PATTERN_SOURCES, Tokenizer, train } from "../src/index.js";
import { fuzz, MIXED, seeded } from "./texts.js";

const random = seeded(31);
const TEXTS = [
  ...MIXED,
  "a😀👍b bb xx 𐐀x",
  "1,234.56 (a) b!!c",
  "<a> x<a>",
  ...Array.from({ length: 80 }, () => fuzz(random)),
];
const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true };
const NO_REGEX = { ...BYTE_LEVEL, use_regex: false };
const sequence = (...pretokenizers: object[]) => ({ type: "Sequence", pretokenizers });
const split = (Regex: string, behavior = "Isolated", invert = false) => ({
  type: "Split",
  pattern: { Regex },
  behavior,
  invert,
});
const digits = (individual_digits: boolean) => ({ type: "Digits", individual_digits });
const DEEPSEEK = sequence(
  split("\\p{N}{1,3}"),
  split("[一-龥぀-ゟ゠-ヿ]+"),
  split(
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
  ),
  NO_REGEX,
);

let small: HFTokenizer;
beforeAll(async () => {
  const tokenizer = await train(MIXED, { vocabSize: 600, pattern: "gpt2", specialTokens: ["<a>", "<b>"] });
  small = tokenizer.toHF();
});

async function expectEqual(json: object): Promise<Tokenizer> {
  const ours = await Tokenizer.openHF(json);
  const theirs = Theirs.fromString(JSON.stringify(json));
  for (const text of TEXTS) {
    const ids = Array.from(ours.encode(text, { allowedSpecial: "all" }));
    const expected = await theirs.encode(text, null, { addSpecialTokens: false });
    expect(ids, JSON.stringify(text)).toEqual(expected.getIds());
    const around = Array.from(ours.encode(text, { allowedSpecial: "all", addSpecialTokens: true }));
    expect(around).toEqual((await theirs.encode(text, null, { addSpecialTokens: true })).getIds());
    expect(ours.count(text, { allowedSpecial: "all", addSpecialTokens: true })).toBe(around.length);
    const offsets = ours.encodeWithOffsets(text, { allowedSpecial: "all", addSpecialTokens: true });
    expect(Array.from(offsets.ids)).toEqual(around);
    expect(offsets.utf16.at(-1)).toBe(offsets.text.length);
    const pieces = ours.split(text);
    expect(pieces.flatMap((piece) => ours.trace(piece).ids)).toEqual(Array.from(ours.encodeOrdinary(text)));
  }
  expect((await Tokenizer.openHF(JSON.stringify(ours.toHF()))).toHF()).toEqual(ours.toHF());
  return ours;
}

describe("pre-tokenizers", () => {
  test.each<[string, () => object]>([
    ["StarCoder: digits, then GPT-2's", () => sequence(digits(true), BYTE_LEVEL)],
    ["digits in runs", () => sequence(digits(false), BYTE_LEVEL)],
    ["DeepSeek-V3: three splits", () => DEEPSEEK],
    [
      "GPT-4o: what no match covers is removed",
      () => sequence(split(PATTERN_SOURCES.o200k, "Removed", true), NO_REGEX),
    ],
    ["a blank in front", () => ({ ...BYTE_LEVEL, add_prefix_space: true })],
    [
      "a blank in front of each stretch",
      () => sequence(digits(true), { ...BYTE_LEVEL, add_prefix_space: true }),
    ],
    [
      "punctuation",
      () => sequence({ type: "Punctuation", behavior: "Contiguous" }, digits(true), BYTE_LEVEL),
    ],
    ["punctuation, one by one", () => sequence({ type: "Punctuation" }, BYTE_LEVEL)],
    ...["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"].flatMap((behavior) =>
      [true, false].map((invert): [string, () => object] => [
        `${behavior}, ${invert ? "" : "not "}inverted`,
        () => sequence(split("[a-c]|\\s", behavior, invert), NO_REGEX),
      ]),
    ),
    ...["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"].map(
      (behavior): [string, () => object] => [
        `matches of nothing, ${behavior}`,
        () => sequence(split("\\b|(?=b)|$|x*", behavior), BYTE_LEVEL),
      ],
    ),
    [
      "sequences in sequences",
      () => sequence(sequence(digits(true), split(" ", "MergedWithNext")), BYTE_LEVEL),
    ],
  ])("%s", async (_, pre) => {
    await expectEqual({ ...small, pre_tokenizer: pre() });
  });

  test("known patterns are recognised where line breaks are not escaped", async () => {
    const unescaped = PATTERN_SOURCES.qwen2.replaceAll("\\r", "\r").replaceAll("\\n", "\n");
    const ours = await expectEqual({ ...small, pre_tokenizer: sequence(split(unescaped), NO_REGEX) });
    expect(ours.pattern).toBe("qwen2");
    const removed = sequence(split(PATTERN_SOURCES.o200k, "Removed", true), NO_REGEX);
    expect(Tokenizer.fromHF({ ...small, pre_tokenizer: removed }).pattern).toBe("o200k");
  });

  test("an unk_token beside all bytes is never used, and kept", async () => {
    const ours = await expectEqual({ ...small, model: { ...small.model, unk_token: "<a>" } });
    expect(ours.toHF().model.unk_token).toBe("<a>");
  });
});

const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
const text = { Sequence: { id: "A", type_id: 0 } };
const template = (...single: object[]) => ({
  type: "TemplateProcessing",
  single,
  pair: [text, { Sequence: { id: "B", type_id: 1 } }],
  special_tokens: Object.fromEntries(
    ["<a>", "<b>"].map((id) => [id, { id, ids: [small.model.vocab[id]], tokens: [id] }]),
  ),
});
const level = { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true };

describe("post-processors", () => {
  test.each<[string, () => object | null]>([
    ["none", () => null],
    ["ByteLevel", () => level],
    ["in front", () => template(special("<a>"), text)],
    ["on both sides, several", () => template(special("<a>"), special("<b>"), text, special("<b>"))],
    [
      "RoBERTa's",
      () => ({
        type: "RobertaProcessing",
        sep: ["<b>", small.model.vocab["<b>"]],
        cls: ["<a>", small.model.vocab["<a>"]],
        trim_offsets: true,
        add_prefix_space: false,
      }),
    ],
    [
      "Llama 3's: in order",
      () => ({ type: "Sequence", processors: [level, template(special("<a>"), text)] }),
    ],
  ])("%s", async (_, post) => {
    const json = { ...small, post_processor: post() };
    const ours = await expectEqual(json);
    expect(ours.toHF().post_processor).toEqual(json.post_processor);
    const both = { addSpecialTokens: true, disallowedSpecial: [] };
    const [here] = await ours.encodeBatch(["a b"], both);
    const [there] = await ours.encodeBatch(["a b"], { ...both, workers: 1 });
    ours.stopWorkers();
    expect(there).toEqual(here);
    expect(here).toEqual(ours.encode("a b", both));
    const into = new Uint32Array(20);
    expect(ours.encodeInto("a b", into, 0, both)).toBe(here!.length);
  });

  test("truncation and padding are kept", () => {
    const truncation = { direction: "Right", max_length: 8, strategy: "LongestFirst", stride: 0 };
    const padding = { strategy: { Fixed: 8 }, direction: "Right", pad_id: 0, pad_token: "<a>" };
    const saved = Tokenizer.fromHF({ ...small, truncation, padding }).toHF();
    expect([saved.truncation, saved.padding]).toEqual([truncation, padding]);
  });

  test("one that is not known is an error where it is asked for", () => {
    const ours = Tokenizer.fromHF({ ...small, post_processor: { type: "Other" } });
    expect(ours.encode("a").length).toBe(1);
    expect(() => ours.encode("a", { addSpecialTokens: true })).toThrow(/"Other"/);
  });
});
