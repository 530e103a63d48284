import { expect, test } from "vitest";
import { Tokenizer, tokenStatistics } from "../src/index.js";
import { table } from "./tables.js";
import { MIXED } from "./texts.js";

const { ours } = table("gpt2");

async function* slowly(texts: readonly string[]) {
  for (const text of texts) yield await Promise.resolve(text);
}

test("sums, ratios and counts", async () => {
  const statistics = await tokenStatistics(ours, slowly(MIXED));
  const ids = MIXED.flatMap((text) => Array.from(ours.encodeOrdinary(text)));
  const bytes = MIXED.map((text) => new TextEncoder().encode(text).length).reduce((a, b) => a + b);
  const words = MIXED.map((text) => text.split(/\p{White_Space}+/u).filter((word) => word !== "").length);
  expect(statistics).toMatchObject({ texts: MIXED.length, tokens: ids.length, bytes });
  expect(statistics.words).toBe(words.reduce((a, b) => a + b));
  expect(statistics.bytesPerToken).toBe(bytes / ids.length);
  expect(statistics.tokensPerWord).toBe(ids.length / statistics.words);
  expect(statistics.mostFrequent.length).toBe(20);
  const counts = statistics.mostFrequent.map(({ count }) => count);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  for (const { id, count } of statistics.mostFrequent) {
    expect(ids.filter((other) => other === id).length).toBe(count);
  }
  expect(statistics.unused.length).toBe(50256 - new Set(ids).size);
  expect(statistics.unused.some((id) => ids.includes(id))).toBe(false);
});

test("no text, ids without a token, and giving up", async () => {
  expect(await tokenStatistics(ours, [])).toMatchObject({ tokens: 0, bytesPerToken: 0, tokensPerWord: 0 });
  const bytes = Array.from({ length: 256 }, (_, byte) => [Uint8Array.of(byte), byte] as const);
  const gap = Tokenizer.fromTiktoken(bytes, { pattern: "gpt2", specialTokens: { "<s>": 300 } });
  const { unused, mostFrequent } = await tokenStatistics(gap, ["aab"], { mostFrequent: 1 });
  expect([unused.length, mostFrequent]).toEqual([254, [{ id: 97, count: 2 }]]);
  await expect(tokenStatistics(ours, ["a"], { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
});
