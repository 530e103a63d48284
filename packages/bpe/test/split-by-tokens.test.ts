import { describe, expect, test } from "vitest";
import { BudgetError, splitByTokens, Tokenizer } from "../src/index.js";
import { table } from "./tables.js";
import { fuzz, MIXED, seeded } from "./texts.js";

const { ours, theirs } = table("cl100k");
const random = seeded(11);
const FUZZED = Array.from({ length: 40 }, () => Array.from({ length: 30 }, () => fuzz(random)).join(" "));
const PROSE = `${"One two three. Four five six, seven! Eight nine.\n".repeat(3)}\n`.repeat(6);

const wellFormed = (text: string) => !/\p{Surrogate}/u.test(text);

describe("pieces are the text, and each is within the budget by tiktoken's count", () => {
  test.each([12, 25, 100])("%d tokens", (budget) => {
    for (const text of [...MIXED, ...FUZZED, MIXED.join("\n\n"), PROSE]) {
      const pieces = splitByTokens(ours, text, { budget });
      expect(pieces.join("")).toBe(text);
      for (const piece of pieces) {
        expect(piece.length).toBeGreaterThan(0);
        expect(theirs.encode_ordinary(piece).length).toBeLessThanOrEqual(budget);
        // A pair is cut nowhere: what is lone in a piece was lone in the text.
        if (wellFormed(text)) expect(wellFormed(piece)).toBe(true);
      }
      // Greedy: two neighbours never fit into one piece where no border was passed over for a better one.
      if (!/\s/.test(text)) {
        for (let i = 0; i + 1 < pieces.length; i++) {
          expect(ours.count(pieces[i]! + pieces[i + 1]!)).toBeGreaterThan(budget);
        }
      }
    }
  });
});

describe("the best border that fits", () => {
  const pieces = (text: string, budget: number) => splitByTokens(ours, text, { budget });

  test("paragraph, line, sentence, word, grapheme", () => {
    expect(pieces("a b.\nc d.\n\ne f. g\nh i", 9)).toEqual(["a b.\nc d.\n\n", "e f. g\nh i"]);
    expect(pieces("a b. c\nd e. f g", 7)).toEqual(["a b. c\n", "d e. f g"]);
    expect(pieces("a b. c d e f", 5)).toEqual(["a b.", " c d e f"]);
    expect(pieces("a b c d e f", 4)).toEqual(["a b c d", " e f"]);
    expect(pieces("一二。三四五六七。八", 9).every((piece) => piece.endsWith("。") || piece === "八")).toBe(
      true,
    );
    const flags = "🇪🇸🇰🇷🇪🇸🇰🇷";
    const most = Math.max(...["🇪🇸", "🇰🇷"].map((flag) => ours.count(flag)));
    expect(pieces(flags, most)).toEqual(["🇪🇸", "🇰🇷", "🇪🇸", "🇰🇷"]);
  });

  test("a grapheme larger than the budget is cut between its characters", () => {
    const family = "👩‍👩‍👧‍👦";
    const cut = pieces(family, 4);
    expect(cut.length).toBeGreaterThan(1);
    expect(cut.join("")).toBe(family);
    expect(cut.every((piece) => wellFormed(piece))).toBe(true);
  });
});

test("an overlap repeats whole words of the piece before, and no more than asked for", () => {
  const text = PROSE.trim();
  const pieces = splitByTokens(ours, text, { budget: 30, overlap: 8 });
  let end = 0;
  for (const [i, piece] of pieces.entries()) {
    const start = i === 0 ? 0 : text.lastIndexOf(piece, end);
    expect(ours.count(piece)).toBeLessThanOrEqual(30);
    if (i > 0) {
      const repeated = text.slice(start, end);
      expect(ours.count(repeated)).toBeLessThanOrEqual(8);
      expect(repeated === "" || /^\s|(?<=\n)/.test(repeated) || text[start - 1] === "\n").toBe(true);
      expect(pieces[i - 1]!.endsWith(repeated)).toBe(true);
    }
    end = start + piece.length;
  }
  expect(end).toBe(text.length);
});

test("allowed special tokens are never cut", () => {
  const text = "<|endoftext|>one two<|fim_prefix|>three four five<|endofprompt|>".repeat(20);
  const pieces = splitByTokens(ours, text, { budget: 5, allowedSpecial: "all" });
  expect(pieces.join("")).toBe(text);
  for (const piece of pieces) {
    expect(ours.encode(piece, { allowedSpecial: "all" }).length).toBeLessThanOrEqual(5);
    expect(piece.replace(/<\|\w+\|>/g, "")).not.toMatch(/[<|>]/);
  }
  expect(() => splitByTokens(ours, text, { budget: 5, disallowedSpecial: "all" })).toThrow(/endoftext/);
});

test("a normaliser that makes text longer or shorter", () => {
  const tokenizer = Tokenizer.fromHF({ ...table("gpt2").ours.toHF(), normalizer: { type: "NFKC" } });
  for (const text of ["ﷺ ﬁ e\u0301\u0323 ".repeat(50), "e\u0301".repeat(300)]) {
    const pieces = splitByTokens(tokenizer, text, { budget: 40 });
    expect(pieces.join("")).toBe(text);
    for (const piece of pieces) expect(tokenizer.count(piece)).toBeLessThanOrEqual(40);
  }
});

test("budgets that cannot be kept are errors", () => {
  for (const budget of [0, -1, 1.5, Number.NaN]) {
    expect(() => splitByTokens(ours, "a", { budget })).toThrow(BudgetError);
  }
  expect(() => splitByTokens(ours, "a", { budget: 4, overlap: 4 })).toThrow(/overlap is 4/);
  expect(() => splitByTokens(ours, "ab 𒀀", { budget: 1 })).toThrow(/budget of 1 .*"𒀀" at index 3/);
});

test("time grows with the text, whatever it is made of", () => {
  const hard = ["a", " ", "\n", "word ", "x\n\n", "日", "e\u0301", ".'", "👩‍👩‍👧‍👦"];
  for (const unit of hard) {
    const text = unit.repeat(200_000 / unit.length);
    // A quadratic split would run into the test's time limit.
    expect(splitByTokens(ours, text, { budget: 50 }).join("") === text).toBe(true);
  }
});
