import { complete, uniform } from "@llm/sample";
import { ConstraintError, regex } from "@llm/sample/constraints";
import { describe, expect, test } from "vitest";
import { accepts, allowed, bytes, evenModel, isAllowed, tokenizerOf } from "./texts.js";

const patterns = [
  "a*b+c?",
  "^[a-c]{2,3}$",
  "(?:ab|a)(?:bc|c)?",
  "\\d{4}-\\d{2}",
  "[^a-y]+",
  "\\w+\\s\\W",
  ".{1,2}",
  "[\\u00e9-\\u00ff]é|😀{2}",
  "(x|y(z|))*",
  "(^a|b$)|^c$",
  "a(?=b).c?",
  "(?!ab)[a-c]{1,3}",
  "[a-c]*(?!b)[a-c](?=c$).",
  "\\p{Lu}\\P{L}?",
  "\\x41\\u{1F600}\\u0042|\\cA|\\0",
  "[\\b\\-\\]]+",
  "a{0}b|a{2}|",
  "(?<name>a)+?",
  "[]",
  "[^]",
];
const texts = [
  ..."|a|b|c|ab|abc|aab|ac|abbc|aaabcc|aa|bb|ba|xyz|yz|x|z|y|zz|é|éé|ÿé|😀|😀😀|É|É1|Éa|1|12".split("|"),
  ..."2024-05|2024-5|a !|ab\n-|\n|A😀B|\u0001|\u0000|\b-]|acb|bcc|acc|bac|cc".split("|"),
];

describe("an expression accepts the texts that JavaScript's own matches as a whole", () => {
  test.each(patterns)("%s", (pattern) => {
    const expected = texts.filter((text) => new RegExp(`^(?:${pattern})$`, "u").test(text));
    if (pattern === "[]") {
      expect(() => regex(pattern)).toThrow("no text fits");
      return;
    }
    const constraint = regex(pattern);
    expect(texts.filter((text) => accepts(constraint, text) === "whole")).toEqual(expected);
  });
});

test("the flag s lets a dot be a line end", () => {
  expect(accepts(regex(/a.b/s), "a\nb")).toBe("whole");
  expect(accepts(regex(/a.b/), "a\nb")).toBe("no");
});

test("what is allowed can always be ended: a lookahead that rules out every end rules out the beginning", () => {
  const constraint = regex("(a|b)(?!.*c$)[ac]c|bd");
  expect(accepts(constraint, "a")).toBe("no");
  expect(accepts(constraint, "bd")).toBe("whole");
});

test("a mask has exactly the tokens whose bytes can come next", () => {
  const words = ["ab", "abc", "b", "ca", "cab", "é", "aé", "abab", "x"];
  const tokenizer = tokenizerOf(words);
  const constraint = regex("(?:ab|c|é)*x");
  for (const before of ["", "a", "c", "abc", "abx"]) {
    const row = constraint.begin(tokenizer);
    for (const byte of new TextEncoder().encode(before)) row.take(byte);
    const expected = Array.from({ length: 256 + words.length }, (_, id) => id).filter((id) => {
      const own = tokenizer.tokenBytes!(id);
      return accepts(constraint, Buffer.concat([Buffer.from(before), own])) !== "no";
    });
    expect(allowed(row.mask())).toEqual(expected);
  }
});

test.each([
  ["\\p{L}{2,9}(?: \\p{L}+)*", ["", "a", "ab", "ab ", "漢字", "aé"]],
  ["#\\p{L}[\\p{L}\\p{N}_]{0,5}", ["", "#", "#a1", "#漢é_a9"]],
  ["[\\p{L}\\p{N}]{3,40}", ["", "a1", "漢字漢"]],
  ["(?:\\p{L}{1,30}[ -]){1,3}\\P{L}", ["", "a", "ab-é ", "漢 字-a ", "a b c "]],
  ["(?=.*\\p{Lu})(?=.*\\p{N}).{2,6}", ["", "a", "漢É", "aaaa1"]],
])("masks of %s have the tokens that can come next, within a character too", (pattern, befores) => {
  const utf8 = new TextEncoder();
  const words = [
    ..."abcdefgh|abcdefghi|abcdefgZ|ab cd|a1|12345|_a|é|éa|aé|漢|漢字|漢字a|#é|-é|É1".split("|"),
  ];
  const cut = ["漢字", "aé漢", "𝒜a"].flatMap((text) => {
    const whole = utf8.encode(text);
    return Array.from(whole, (_, i) => [whole.slice(0, i), whole.slice(i)]).flat();
  });
  const tokenizer = tokenizerOf([...words, ...cut.filter(({ length }) => length > 1)]);
  const constraint = regex(pattern);
  for (const before of befores.flatMap((text) => [
    utf8.encode(text),
    utf8.encode(`${text}漢`).slice(0, -1),
  ])) {
    if (accepts(constraint, before) === "no") continue;
    const row = constraint.begin(tokenizer);
    for (const byte of before) row.take(byte);
    const expected = Array.from({ length: tokenizer.end }, (_, id) => id).filter((id) => {
      return accepts(constraint, Buffer.concat([before, tokenizer.tokenBytes!(id)])) !== "no";
    });
    expect(allowed(row.mask()), Buffer.from(before).toString("hex")).toEqual(expected);
  }
});

test("only well-formed UTF-8 is written, of every length", async () => {
  const constraint = regex("[^a-z]{40}");
  const model = evenModel(bytes);
  const lengths = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const { ids, text } = await complete(model, bytes, "a", { constraint, seed });
    const decoded = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(ids));
    expect(decoded).toBe(text);
    for (const character of text) lengths.add(new TextEncoder().encode(character).length);
  }
  expect([...lengths].sort()).toEqual([1, 2, 3, 4]);
});

test("every byte string of three is well-formed exactly if it is accepted", () => {
  const constraint = regex("[^]*");
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let position = 0; position < 4000; position++) {
    const text = Uint8Array.from([0, 1, 2], (row) => {
      const byte = Math.floor(uniform({ seed: 1, row, position }) * 256);
      return position % 2 ? byte | 0x80 : byte;
    });
    let isWellFormed = true;
    try {
      decoder.decode(text);
    } catch {
      isWellFormed = false;
    }
    expect(accepts(constraint, text) === "whole", String(text)).toBe(isWellFormed);
  }
});

test.each([
  ["a(?<=a)b", "lookbehind"],
  ["(a)\\1", "backreference"],
  ["a\\b", "word boundary"],
  ["(a^b)+", '"^" and "$"'],
  ["(?:a(?=b))+", "lookahead"],
  ["(a", "no regular expression"],
  [/a/i, 'flag "i"'],
  [/^a$/m, 'flag "m"'],
  ["(?!a{1,60}b{1,60}c)(?:[abc]{1,60}d?){1,60}", "too large"],
  ["(?:[ab]{1,60}c?){1,60}", "too large"],
])("refuses %s by what it has", (pattern, what) => {
  expect(() => regex(pattern)).toThrow(ConstraintError);
  expect(() => regex(pattern)).toThrow(what);
});

test("the token that was drawn must be one of the mask", () => {
  const row = regex("ab").begin(bytes);
  expect(isAllowed(row.mask(), 0x61)).toBe(true);
  expect(() => row.take(0x62)).toThrow("token 98 cannot come next");
});

test.each([
  ["\\d.{3000}", "1".repeat(3001), "1".repeat(3002)],
  ["(?:.*\\d.{1,3000}x)", `${"1".repeat(2500)}x`, "1".repeat(40)],
  ["(?:a|b)*a(?:a|b){40}", "a".repeat(90), "a".repeat(40)],
])("however many alternatives meet at one place, %s is written", (pattern, valid, invalid) => {
  const constraint = regex(pattern);
  expect(accepts(constraint, valid)).toBe("whole");
  expect(accepts(constraint, invalid)).not.toBe("whole");
});

test("states that were forgotten are found again", () => {
  const constraint = regex("(?:a[b-z]){12000}");
  const text = "abaz".repeat(6000);
  expect(accepts(constraint, text)).toBe("whole");
  expect(accepts(constraint, text.slice(2))).toBe("beginning");
  expect(accepts(constraint, `${text}a`)).toBe("no");
});
