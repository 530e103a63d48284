// Files of SentencePiece's kind, against Hugging Face's own library.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BPE, metaspacePreTokenizer, Tokenizer as Theirs } from "tokenizers";
import { beforeAll, describe, expect, test } from "vitest";
import { characters } from "../src/characters.js";
import { Tokenizer, VocabularyError } from "../src/index.js";
import { fuzz, MIXED, seeded } from "./texts.js";

type Json = Record<string, unknown>;

const random = seeded(11);
const BITS = [
  ..." \n▁é日語😀\u0301\0\ufeff\u00a0\u2003}4$",
  "  ",
  "    ",
  "\n\n",
  "▁▁",
  "\r\n",
  "the",
  "Hello",
  "world",
  "123",
  "<s>",
  "</s>",
  "<unk>",
  "<0x41>",
  "\u{10ffff}",
  "नमस्ते",
];
const bits = () =>
  Array.from({ length: 1 + Math.floor(random() * 12) }, () => BITS[Math.floor(random() * BITS.length)]).join(
    "",
  );
const TEXTS = [
  ...MIXED,
  "  a",
  "a  ",
  " \n ",
  ...Array.from({ length: 60 }, () => fuzz(random)),
  ...Array.from({ length: 150 }, bits),
];

/** Ids, text, stream, offsets and counts of these texts. */
async function expectEqual(json: object, texts: readonly string[] = TEXTS): Promise<Tokenizer> {
  const ours = Tokenizer.fromHF(json, { characters });
  const theirs = Theirs.fromString(JSON.stringify(json));
  const same = async (ids: number[]) => {
    const text = await theirs.decode(ids, false);
    expect(ours.decode(ids), ids.join()).toBe(text);
    const stream = ours.decoder();
    expect(ids.map((id) => stream.write(id)).join("") + stream.end()).toBe(text);
    expect(stream.write(ids.slice(0, 3)) + stream.write(ids.slice(3)) + stream.end()).toBe(text);
  };
  for (const text of texts) {
    const ids = Array.from(ours.encode(text, { allowedSpecial: "all" }));
    expect(ids, JSON.stringify(text)).toEqual(
      (await theirs.encode(text, null, { addSpecialTokens: false })).getIds(),
    );
    await same(ids);
    expect(ours.count(text, { allowedSpecial: "all" })).toBe(ids.length);
    const { utf16, text: covered, ids: also } = ours.encodeWithOffsets(text, { allowedSpecial: "all" });
    expect(Array.from(also)).toEqual(ids);
    expect(utf16.at(-1)).toBe(covered.length);
  }
  // Bytes that are no characters among them.
  for (let i = 0; i < 200; i++) {
    const ids = Array.from({ length: 8 }, () => Math.floor(random() * ours.vocabSize));
    await same(ids.filter((id) => ours.has(id)));
  }
  expect(JSON.stringify((await Tokenizer.openHF(JSON.stringify(ours.toHF()))).toHF())).toBe(
    JSON.stringify(ours.toHF()),
  );
  return ours;
}

const added = (id: number, content: string, special = true) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special,
});
const replace = { type: "Replace", pattern: { String: " " }, content: "▁" };
const sequence = (name: string, ...steps: object[]) => ({ type: "Sequence", [name]: steps });
const toBlanks = { type: "Replace", pattern: { String: "▁" }, content: " " };
const decoder = sequence("decoders", toBlanks, { type: "ByteFallback" }, { type: "Fuse" });
const split = (pattern: object, behavior = "Isolated", invert = false) => ({
  type: "Split",
  pattern,
  behavior,
  invert,
});

/** A small vocabulary as the library trains it, with <unk>, <s> and </s>. */
let model: { names: string[]; merges: [string, string][] };
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "bpe-"));
  const file = join(folder, "texts");
  await writeFile(file, `${"the world, Hello worlds the  he 12 23 \n日語 é we'll 4!\n".repeat(9)}`);
  const trainer = new Theirs(BPE.empty());
  trainer.setPreTokenizer(metaspacePreTokenizer());
  trainer.train([file]);
  trainer.save(`${file}.json`);
  const trained = JSON.parse(await readFile(`${file}.json`, "utf8")).model;
  await rm(folder, { recursive: true });
  model = {
    // Runs of blanks are tokens too.
    names: ["<unk>", "<s>", "</s>", ...Object.keys(trained.vocab), "▁▁", "▁▁▁▁"],
    merges: [["▁", "▁"], ["▁▁", "▁▁"], ...trained.merges],
  };
});

const BYTES = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);
function file(parts: Json, flags: Json, extra: readonly string[] = []): object {
  const names = [...model.names, ...extra];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [added(0, "<unk>"), added(1, "<s>"), added(2, "</s>")],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder,
    ...parts,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "<unk>",
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: extra.length > 0,
      ignore_merges: false,
      vocab: Object.fromEntries(names.map((name, id) => [name, id])),
      merges: model.merges,
      ...flags,
    },
  };
}

describe("ids and text are Hugging Face's", () => {
  test("Llama 2's form: a mark in front, bytes, a blank taken off", async () => {
    const strip = { type: "Strip", content: " ", start: 1, stop: 0 };
    const ours = await expectEqual(
      file(
        {
          normalizer: sequence("normalizers", { type: "Prepend", prepend: "▁" }, replace),
          decoder: sequence("decoders", toBlanks, { type: "ByteFallback" }, { type: "Fuse" }, strip),
        },
        {},
        BYTES,
      ),
    );
    expect(ours.decode(ours.encode("the 😀 ꙮ"))).toBe("the 😀 ꙮ");
    const { ids, steps } = ours.trace(" the");
    expect(ids).toEqual(Array.from(ours.encode("the")));
    expect(steps.at(-1)?.parts).toEqual(ids);
    expect(ours.toHF().model.merges[steps[0]!.rank]).toBeDefined();
    const texts = ["the 😀 world", "", "ꙮ"];
    const batch = await ours.encodeBatch(texts, { workers: 1 });
    ours.stopWorkers();
    expect(batch).toEqual(texts.map((text) => ours.encode(text)));
  });

  test("Gemma's form: added blanks and line breaks, a tab that is no byte", async () => {
    const names = [...BYTES.filter((name) => name !== "<0x09>"), "\t", "\n\n", "▁▁▁"];
    const json = file(
      { normalizer: replace, pre_tokenizer: split({ String: " " }, "MergedWithPrevious") },
      {},
      names,
    );
    const { added_tokens: tokens, model } = json as {
      added_tokens: object[];
      model: { vocab: Record<string, number> };
    };
    tokens.push(...["\n\n", "▁▁▁"].map((name) => added(model.vocab[name]!, name, false)));
    await expectEqual(json);
  });

  test.each(["first", "always", "never"])("Metaspace: %s", async (prepend_scheme) => {
    for (const split of [true, false]) {
      const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme, split };
      await expectEqual(
        file(
          { pre_tokenizer: metaspace, decoder: sequence("decoders", { type: "ByteFallback" }, metaspace) },
          {},
          BYTES,
        ),
        TEXTS.slice(0, 120),
      );
    }
  });

  test.each([true, false])("characters that are unknown; fused: %s", async (fuse_unk) => {
    await expectEqual(file({ normalizer: replace }, { fuse_unk }));
    const pattern = { Regex: "\\n|▁*[^▁\\n]+|▁+" };
    const nfc = sequence("normalizers", { type: "NFC" }, replace);
    await expectEqual(file({ normalizer: nfc, pre_tokenizer: split(pattern) }, { fuse_unk }));
    await expectEqual(
      file({ normalizer: replace, pre_tokenizer: split({ Regex: "." }) }, { fuse_unk }),
      MIXED,
    );
    // Without blanks that are marked.
    await expectEqual(file({ decoder: { type: "Fuse" } }, { fuse_unk }), MIXED);
  });

  test("without tokens for the bytes that UTF-8 never has", async () => {
    const bytes = BYTES.filter((_, byte) => byte < 0xc0 || (byte > 0xc1 && byte < 0xf5));
    await expectEqual(file({ normalizer: replace }, {}, bytes));
  });

  test("ignore_merges, digits, punctuation and splits in order", async () => {
    const steps = [
      { type: "Digits", individual_digits: true },
      { type: "Punctuation", behavior: "Contiguous" },
      split({ Regex: "e+" }, "MergedWithNext"),
      split({ Regex: "[lo]" }, "Contiguous"),
    ];
    for (const ignore_merges of [true, false]) {
      await expectEqual(file({ normalizer: replace }, { ignore_merges }, BYTES), MIXED);
      await expectEqual(
        file(
          { normalizer: replace, pre_tokenizer: sequence("pretokenizers", ...steps) },
          { ignore_merges },
          BYTES,
        ),
        TEXTS.slice(0, 120),
      );
    }
  });

  test("merges that join a word's end with a blank", async () => {
    const names = ["d▁", "d▁t"];
    const merges = [["d", "▁"], ["d▁", "t"], ...model.merges];
    const json = file({ normalizer: replace }, { merges, byte_fallback: false }, names);
    await expectEqual(json, ["world the", "world  the worl d d d  t", ...TEXTS.slice(0, 60)]);
  });
});

test("what cannot be read or said is an error that names it", () => {
  expect(() => Tokenizer.fromHF(file({ normalizer: replace }, {}))).toThrow(/await Tokenizer.openHF\(json\)/);
  const read =
    (parts: Json, flags: Json = {}, extra: string[] = []) =>
    () =>
      Tokenizer.fromHF(file({ normalizer: replace, ...parts }, flags, extra), { characters });
  expect(read({}, {}, BYTES.slice(0, 200))).toThrow(/no token <0xC8>/);
  expect(read({}, {}, ["<0xC3>", "<0xA9>"])).toThrow(/no token <0x00>: add tokens for all bytes of UTF-8/);
  expect(read({}, { unk_token: "<none>" })).toThrow(/unk_token is "<none>"/);
  expect(read({ decoder: { type: "WordPiece" } })).toThrow(/"WordPiece"/);
  expect(read({ decoder: { type: "Strip", content: " ", start: 1, stop: 0 } })).toThrow(/"Strip"/);
  expect(read({ pre_tokenizer: { type: "BertPreTokenizer" } })).toThrow(/"BertPreTokenizer"/);
  expect(() => read({})().decode([1n] as never)).toThrow(/id 0 of decode is 1/);
  const without = read({}, { unk_token: null })();
  expect(() => without.encode("the ꙮ")).toThrow(VocabularyError);
  expect(() => without.toTiktoken()).toThrow(/tokenizer.json/);
  expect(() => without.toVocabBpe()).toThrow(/tokenizer.json/);
});

const data = process.env["LLM_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const small = await readFile(join(data, "trained-model/tokenizer.json"), "utf8").catch(() => undefined);
const shakespeare = await readFile(join(data, "tinyshakespeare.txt"), "utf8").catch(() => "");
test.skipIf(!small)(`a published model's file${small ? "" : " (its data are not here)"}`, async () => {
  const text = shakespeare.slice(0, 200_000);
  await expectEqual(JSON.parse(small!), [...TEXTS, text, ...text.slice(0, 40_000).split("\n")]);
});
