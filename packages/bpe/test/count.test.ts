import { describe, expect, test } from "vitest";
import { BudgetError, DisallowedSpecialError, Tokenizer } from "../src/index.js";
import { table } from "./tables.js";
import { MIXED } from "./texts.js";

const { ours } = table("cl100k");
const SPECIAL = "a <|endoftext|> b<|fim_prefix|><|endofprompt|>  ";

test("exact up to the limit, one more above it", () => {
  for (const text of [...MIXED, SPECIAL]) {
    const exact = ours.encodeOrdinary(text).length;
    expect(ours.count(text)).toBe(exact);
    for (const limit of [0, 1, exact - 1, exact, exact + 1].filter((limit) => limit >= 0)) {
      expect(ours.count(text, { limit }), JSON.stringify([text, limit])).toBe(Math.min(exact, limit + 1));
    }
    expect(ours.count(text, { limit: Number.POSITIVE_INFINITY })).toBe(exact);
  }
  for (const limit of [-1, 1.5, Number.NaN]) expect(() => ours.count("a", { limit })).toThrow(BudgetError);
});

test("a limit ends the work early", () => {
  const text = `${" word".repeat(2_000_000)}<|endoftext|>`;
  // Reading all of it each time would run into the test's time limit.
  for (let i = 0; i < 1000; i++) {
    expect(ours.count(text, { limit: 10, allowedSpecial: "all" })).toBe(11);
    expect(ours.count(text, { limit: 100_000 })).toBe(100_001);
    if (i % 100 === 0) expect(ours.count(text, { limit: 1_000_000 })).toBe(1_000_001);
  }
});

test("composing characters makes a long text fit", () => {
  const tokenizer = Tokenizer.fromHF({ ...table("gpt2").ours.toHF(), normalizer: { type: "NFC" } });
  // Four units each, three bytes when composed.
  const text = "\u03b1\u0313\u0300\u0345".repeat(64);
  const exact = tokenizer.encode(text).length;
  expect(tokenizer.count(text, { limit: exact })).toBe(exact);
});

test("a token that swallows white space makes a long text fit", () => {
  const file = table("gpt2").ours.toHF();
  file.added_tokens[0]!.rstrip = true;
  const tokenizer = Tokenizer.fromHF(file);
  const text = `<|endoftext|>${" ".repeat(10_000)}`;
  expect(tokenizer.count(text, { limit: 1, allowedSpecial: "all" })).toBe(1);
  expect(tokenizer.encode(text, { allowedSpecial: "all" }).length).toBe(1);
});

describe("special tokens as for encode", () => {
  test("count and encodeInto take them as text unless told otherwise", () => {
    const target = new Uint32Array(64);
    const options = { allowedSpecial: ["<|endoftext|>"] };
    for (const choice of [{}, options, { allowedSpecial: "all" as const }]) {
      const ids = ours.encode(SPECIAL, { disallowedSpecial: [], ...choice });
      expect(ours.count(SPECIAL, choice)).toBe(ids.length);
      expect(ours.encodeInto(SPECIAL, target, 3, choice)).toBe(ids.length);
      expect(target.slice(3, 3 + ids.length)).toEqual(ids);
    }
    expect(() => ours.count(SPECIAL, { disallowedSpecial: "all" })).toThrow(DisallowedSpecialError);
    expect(() => ours.encodeInto(SPECIAL, target, 0, { disallowedSpecial: ["<|endofprompt|>"] })).toThrow(
      /endofprompt/,
    );
  });

  test("a choice may be an iterator, used once", () => {
    const names = new Map([["<|endoftext|>", 1]]).keys();
    expect(ours.encode("<|endoftext|>", { allowedSpecial: names })).toEqual(Uint32Array.of(100257));
  });
});
