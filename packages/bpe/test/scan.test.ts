import { Tiktoken } from "tiktoken";
import { describe, expect, test } from "vitest";
import { classTable, LOWER, MARK, NUMBER, OTHER, SPACE, UNCASED, UPPER } from "../src/classes.js";
import { PATTERN_SOURCES, type Pattern, type PatternName, patternRegExp } from "../src/index.js";
import type { PieceReader } from "../src/pieces.js";
import { createReader } from "../src/reader.js";
import { fuzz, MIXED, seeded } from "./texts.js";

const FUZZED = Number(process.env["BPE_FUZZ"] ?? 3000);
/** What the rules for whole blocks tell apart. */
const BLOCK_PARTS = [
  "ab",
  "Ab",
  "'s",
  "'lL",
  " ",
  "\n",
  "\t",
  "/\n",
  ".",
  "12345",
  "é",
  "Ж",
  "’",
  "中",
  "it's's",
];
/** This runtime's RegExp may know a later Unicode than the class table, which is tested against tiktoken below. */
function isLater(text: string): boolean {
  const classes = classTable();
  return Array.from(text).some(
    (char) => classes[char.codePointAt(0)!] === OTHER && /[\p{L}\p{N}\p{M}]/u.test(char),
  );
}

const readers = new Map<Pattern, PieceReader>();

function cut(pattern: Pattern, text: string): string[] {
  const reader = readers.get(pattern) ?? createReader(pattern);
  readers.set(pattern, reader);
  const pieces: string[] = [];
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (let at = 0; at < text.length; ) {
    at = reader.read(text, at);
    for (let k = 0, start = 0; k < reader.count; k++) {
      pieces.push(decoder.decode(reader.bytes.subarray(start, reader.ends[k])));
      start = reader.ends[k]!;
    }
  }
  return pieces;
}

const matches = (name: PatternName, text: string) =>
  Array.from(text.replace(/\p{Surrogate}/gu, "\ufffd").matchAll(patternRegExp(name)), (match) => match[0]);

describe.each(Object.keys(PATTERN_SOURCES) as PatternName[])(
  "the scanner of %s cuts as its RegExp",
  (name) => {
    test("mixed text, and all of it in one", () => {
      for (const text of [...MIXED, MIXED.join("\n").repeat(20)])
        expect(cut(name, text)).toEqual(matches(name, text));
    });

    test(`${FUZZED} fuzzed strings`, () => {
      const random = seeded(3);
      for (let i = 0; i < FUZZED; i++) {
        const text = fuzz(random);
        if (isLater(text)) continue;
        const pieces = cut(name, text);
        const expected = matches(name, text);
        if (pieces.join("\0") !== expected.join("\0")) expect(pieces, JSON.stringify(text)).toEqual(expected);
      }
    });

    test("blocks of 64 bytes, of few kinds of characters each", () => {
      const random = seeded(9);
      for (let i = 0; i < FUZZED / 3; i++) {
        const parts = Array.from({ length: 3 }, () => [fuzz(random, 3), ...BLOCK_PARTS].at(random() * 16)!);
        let text = "";
        while (text.length < 150) text += parts[Math.floor(random() * parts.length)];
        if (isLater(text)) continue;
        const pieces = cut(name, text);
        const expected = matches(name, text);
        if (pieces.join("\0") !== expected.join("\0")) expect(pieces, JSON.stringify(text)).toEqual(expected);
      }
    });
  },
);

test("cuts between chunks are where every pattern ends a piece", () => {
  const random = seeded(6);
  const texts = Array.from({ length: 3000 }, () => fuzz(random, 12));
  for (const name of Object.keys(PATTERN_SOURCES) as PatternName[]) {
    const reader = createReader(name);
    const whole = (text: string) => cut(name, text).join("\0");
    for (const text of texts) {
      const pieces = whole(text);
      for (let length = 1; length < text.length; length++) {
        const at = reader.borderNear(text, 0, length);
        const parts = [text.slice(0, at), text.slice(at)].filter((part) => part !== "");
        if (parts.map(whole).join("\0") !== pieces) expect(at, JSON.stringify(text)).toBe(text.length);
      }
    }
  }
});

test("a RegExp of the user's: what it does not match stays a piece, a match of nothing cuts", () => {
  expect(cut(/[a-z]+/, "ab, cd!")).toEqual(["ab", ", ", "cd", "!"]);
  expect(cut(/x*/gu, "axx😀b")).toEqual(["a", "xx", "😀", "b"]);
  expect(cut(/\d/y, "1a2")).toEqual(["1", "a", "2"]);
  const long = "word ".repeat(20_000);
  expect(cut(/ ?\p{L}+/u, long)).toEqual(Array.from(long.matchAll(/ ?\p{L}+| $/gu), (match) => match[0]));
});

test("every code point has the class that tiktoken's regex gives it", () => {
  // A vocabulary of bytes, and of each last byte of a character followed by "a": one token less says that the two
  // characters were in one piece.
  const base64 = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));
  const ranks = [
    ...Array.from({ length: 256 }, (_, byte) => base64(byte)),
    ...Array.from({ length: 64 }, (_, byte) => base64(byte + 0x80, 0x61)),
  ];
  const classes = classTable();
  const kinds = [
    [String.raw`\p{L}`, [UPPER, LOWER, UNCASED]],
    [String.raw`\p{Lu}\p{Lt}`, [UPPER]],
    [String.raw`\p{Ll}`, [LOWER]],
    [String.raw`\p{M}`, [MARK]],
    [String.raw`\p{N}`, [NUMBER]],
    [String.raw`\s`, [SPACE]],
  ] as const;
  for (const [source, inside] of kinds) {
    const oracle = new Tiktoken(`! 0 ${ranks.join(" ")}`, {}, `[${source}a]+|[^${source}a]`);
    const wrong: string[] = [];
    for (let code = 0x80; code < 0x34000; code++) {
      if (code === 0xd800) code = 0xe000;
      const char = String.fromCodePoint(code);
      const bytes = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      const together = oracle.encode_ordinary(`${char}a`).length === bytes;
      if (together !== (inside as readonly number[]).includes(classes[code]!)) wrong.push(code.toString(16));
    }
    oracle.free();
    expect(wrong, source).toEqual([]);
  }
});
