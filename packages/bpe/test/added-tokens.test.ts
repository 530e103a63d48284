// The flags of added tokens, beside Hugging Face's own binding.
import { Tokenizer as Theirs } from "tokenizers";
import { describe, expect, test } from "vitest";
import { type HFAddedToken, type NormalizationForm, Tokenizer, train } from "../src/index.js";
import { MIXED, seeded } from "./texts.js";

const base = await train(MIXED, { vocabSize: 320, pattern: "gpt2", specialTokens: [] });

function fileWith(tokens: readonly Omit<HFAddedToken, "id">[], forms: readonly NormalizationForm[] = []) {
  const added_tokens = tokens.map((token, i) => ({ ...token, id: base.vocabSize + i }));
  const file = base.toHF();
  for (const { content, id } of added_tokens) file.model.vocab[content] = id;
  const normalizer =
    forms.length === 0 ? null : { type: "Sequence", normalizers: forms.map((type) => ({ type })) };
  return JSON.stringify({ ...file, added_tokens, normalizer });
}

const flags = (
  content: string,
  on: readonly ("single_word" | "lstrip" | "rstrip" | "normalized" | "special")[] = [],
) => ({
  content,
  single_word: on.includes("single_word"),
  lstrip: on.includes("lstrip"),
  rstrip: on.includes("rstrip"),
  normalized: on.includes("normalized"),
  special: on.includes("special"),
});

async function idsOf(theirs: Theirs, text: string): Promise<number[]> {
  return (await theirs.encode(text, null, { addSpecialTokens: false })).getIds();
}

// Tokens that contain, precede and follow one another, and what may stand around them.
const CONTENTS = [
  "<a>",
  "<a><b>",
  "b>c",
  "[M]",
  "été",
  "e\u0301t",
  "word",
  "ﬁ",
  "two words",
  ".*",
  "né\u0301e",
];
const BETWEEN = [
  ...CONTENTS,
  ...CONTENTS,
  ..."a_é7-.<>\u0301٣日😀\u200d",
  " ",
  "  ",
  "\n",
  " \t\u00a0\u3000",
  "\u0085",
  "\ufeff",
  "<a",
  "e",
  "te\u0301",
];

describe("any flags, with and without normalisers", () => {
  test.each([[[]], [["NFC"]], [["NFD"]], [["NFKC"]], [["NFKD", "NFC"]]] as NormalizationForm[][][])(
    "%j",
    async (forms) => {
      const random = seeded(forms.length + 1);
      for (let round = 0; round < 40; round++) {
        const tokens = CONTENTS.filter(() => random() < 0.6).map((content) => ({
          content,
          single_word: random() < 0.3,
          lstrip: random() < 0.4,
          rstrip: random() < 0.4,
          normalized: random() < 0.5,
          special: random() < 0.5,
        }));
        // Such a token can be found again within white space that another has taken along.
        const overlapping = tokens.some(({ content }) => /^\s/.test(content));
        const json = fileWith(tokens, forms);
        const theirs = Theirs.fromString(json);
        const ours = Tokenizer.fromHF(json);
        expect(ours.toHF().added_tokens).toEqual(JSON.parse(json).added_tokens);
        for (let i = 0; i < 40; i++) {
          const length = 1 + Math.floor(random() * 10);
          const text = Array.from({ length }, () => BETWEEN[Math.floor(random() * BETWEEN.length)]).join("");
          const {
            ids,
            bytes,
            utf16,
            text: covered,
          } = ours.encodeWithOffsets(text, { allowedSpecial: "all" });
          const expected = await idsOf(theirs, text);
          expect(Array.from(ids), JSON.stringify({ text, tokens })).toEqual(expected);
          expect(Array.from(ours.encode(text, { allowedSpecial: "all" }))).toEqual(expected);
          expect(ours.count(text, { allowedSpecial: "all" })).toBe(expected.length);
          if (forms.length === 0 && !overlapping) expect(covered).toBe(text);
          expect([bytes.at(-1), utf16.at(-1)]).toEqual([
            new TextEncoder().encode(covered).length,
            covered.length,
          ]);
        }
      }
    },
  );
});

test("white space that a token takes along is its own in the offsets", () => {
  const json = fileWith([flags("<m>", ["lstrip", "rstrip", "special"]), flags("<l>", ["lstrip"])]);
  const tokenizer = Tokenizer.fromHF(json);
  const text = "é \n<m>\u3000 <l>x";
  const { ids, bytes, utf16 } = tokenizer.encodeWithOffsets(text, { allowedSpecial: "all" });
  const parts = Array.from(ids, (_, i) => text.slice(utf16[i], utf16[i + 1]));
  expect(parts.slice(-3)).toEqual([" \n<m>\u3000 ", "<l>", "x"]);
  expect(Array.from(bytes.slice(-4))).toEqual([2, 11, 14, 15]);
  expect(tokenizer.decode(ids)).toBe("é<m><l>x");
});

test("flags of special tokens change nothing in what is allowed", () => {
  const tokenizer = Tokenizer.fromHF(fileWith([flags("<m>", ["lstrip", "normalized", "special"])]));
  expect(() => tokenizer.encode("a  <m>")).toThrow(/"<m>" at index 3/);
  expect(tokenizer.encodeOrdinary("a  <m>")).toEqual(base.encode("a  <m>"));
});

test("a sequence of normalisers is read, written, and done in order", async () => {
  const json = fileWith([], ["NFKD", "NFC"]);
  const tokenizer = Tokenizer.fromHF(json);
  expect(tokenizer.normalizer).toEqual(["NFKD", "NFC"]);
  expect(tokenizer.toHF().normalizer).toEqual(JSON.parse(json).normalizer);
  const nested = { type: "Sequence", normalizers: [{ type: "Sequence", normalizers: [{ type: "NFC" }] }] };
  expect(Tokenizer.fromHF({ ...JSON.parse(json), normalizer: nested }).normalizer).toBe("NFC");
  const theirs = Theirs.fromString(json);
  for (const text of ["ﬁance\u0301e", "①ǅ", "e\u0301\u0323", "한글 각", "ﷺ"]) {
    expect(await idsOf(theirs, text), text).toEqual(Array.from(tokenizer.encode(text)));
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.normalize("NFKC"));
    expect(tokenizer.encodeWithOffsets(text).text).toBe(text.normalize("NFKC"));
  }
});
