import { ConstraintError, jsonSchema, regex } from "@llm/sample/constraints";
import { describe, expect, test } from "vitest";
import { withProperty } from "../../src/constraints/code-points.js";
import { accepts } from "./texts.js";

test.each(["\\p{L}", "\\p{Cn}", "\\p{Co}", "\\p{Default_Ignorable_Code_Point}", "\\p{ASCII}"])(
  "the characters of %s are those of the engine, in every plane",
  (property) => {
    const own = new RegExp(property, "u");
    const ranges = withProperty(property);
    let range = 0;
    const different: number[] = [];
    for (let point = 0; point <= 0x10ffff; point++) {
      if (point >= 0xd800 && point < 0xe000) continue;
      while (range < ranges.length && ranges[range]![1] < point) range++;
      const isIn = range < ranges.length && ranges[range]![0] <= point;
      if (isIn !== own.test(String.fromCodePoint(point))) different.push(point);
    }
    expect(different).toEqual([]);
  },
);

const LETTERS = "aZñßΩЖ漢字🄰𝒜𐐀".split(/(?:)/u);
const texts = [
  "",
  " ",
  ...LETTERS,
  "Ñandú Ωμέγα",
  "ab",
  "漢字 a",
  "a".repeat(30),
  "漢".repeat(9),
  "é".repeat(64),
  "ab1Z",
  "abcdEFG1",
  `ab1Z${"x".repeat(60)}`,
  `ab1Z${"x".repeat(61)}`,
  "ÄÖ漢字 12 ١٢٣",
  "abc-123",
  "١٢٣abc",
  'a"b\\c\u0001d',
  "admin",
  "adminé",
  "éadmin",
  "a@b.cd",
  "@@@@.@@",
];

describe("classes of many characters, repeated, with lengths and conditions", () => {
  test.each<[string, number, number]>([
    ["^\\p{L}{2,9}( \\p{L}+)*$", 0, 2000],
    ["^\\p{L}{2,9}( \\p{L}+)*$", 5, 11],
    ["^[\\p{L}\\p{N}]{2,20}$", 3, 15],
    ["^[\\p{L}\\p{N}]{9,64}$", 0, 2000],
    ["[\\p{L}\\p{N}]{2,20}", 3, 9],
    ["^(?=.*[A-Z])(?=.*[a-z])(?=.*\\d).{8,64}$", 0, 2000],
    ["^(?=.*\\p{Lu})(?=.*\\d)[\\p{L}\\d]{8,64}$", 0, 2000],
    ["\\p{L}{3}.*\\p{N}{3}", 0, 100],
    ["^(?!admin)\\P{N}{3,20}$", 0, 2000],
    ["^[^\\p{L}\\d]{0,64}$", 0, 2000],
    ["^(\\p{L}{1,8}[- ]){1,4}(\\p{L}|\\d){1,8}$", 0, 2000],
    ["^.{1,20}@.{1,20}\\..{2,8}$", 0, 2000],
    ["[^]{2}", 0, 4],
    ["^(?:.{0,9}|漢+)$", 9, 9],
  ])("%s of %i to %i", (pattern, minLength, maxLength) => {
    const isRight = (text: string) => {
      const { length } = [...text];
      return new RegExp(pattern, "u").test(text) && length >= minLength && length <= maxLength;
    };
    const constraint = jsonSchema({ type: "string", pattern, minLength, maxLength });
    const found = texts.filter((text) => accepts(constraint, JSON.stringify(text)) === "whole");
    expect(found).toEqual(texts.filter(isRight));
  });

  test("more kinds of characters than a set of bytes has room for", () => {
    const words = Array.from({ length: 300 }, (_, i) => String.fromCodePoint(0x4e00 + 7 * i, 0x61 + (i % 9)));
    const constraint = jsonSchema({ type: "string", pattern: `^(?:${words.join("|")})+$`, maxLength: 4 });
    const right = [words[0]!, words[299]!, words[7]! + words[211]!];
    const wrong = ["", words[3]![0]!, `${words[1]![0]}c`, words[1]! + words[2]! + words[3]!];
    expect(
      [...right, ...wrong].filter((text) => accepts(constraint, JSON.stringify(text)) === "whole"),
    ).toEqual(right);
  });
});

test("alternatives that begin alike, and one that is the beginning of another", () => {
  const constraint = regex("(?:ab|abc|abcd|b|ab(?:c|x)|)y");
  const right = ["aby", "abcy", "abcdy", "by", "abxy", "y"];
  expect(
    [...right, "ay", "abcx", "ab", "abcdxy"].filter((text) => accepts(constraint, text) === "whole"),
  ).toEqual(right);
});

test("an enum of 5,000 texts with a length", () => {
  const values = Array.from({ length: 5000 }, (_, i) => `🥚${i * 7}`);
  const constraint = jsonSchema({ enum: [...values, 123456], maxLength: 4, type: ["string", "integer"] });
  const found = ['"🥚7"', '"🥚994"', '"🥚1001"', "123456", '"🥚8"'].map((text) => accepts(constraint, text));
  expect(found).toEqual(["whole", "whole", "no", "whole", "no"]);
});

test("what is too large is named, with its place", () => {
  const pattern = "^(?:[ab]{1,60}c?){1,60}$";
  const schema = { type: "object", properties: { "a/b": { type: "string", pattern, maxLength: 2000 } } };
  const message = `#/properties/a~1b: the pattern "${pattern}" is too large to be compiled in 0.2 s`;
  expect(() => jsonSchema(schema)).toThrow(message);
  expect(() => jsonSchema(schema)).toThrow(ConstraintError);
  expect(() => regex("(?:[ab]{1,60}c?){1,60}")).toThrow("/(?:[ab]{1,60}c?){1,60}/ is too large");
});
