import type { Kinds } from "@llm/platform/options";
import { check, checkArgument } from "./check.js";
import { utf8Length } from "./offsets.js";
import type { Tokenizer } from "./tokenizer.js";

/** How well a vocabulary fits some texts. */
export interface TokenStatistics {
  texts: number;
  tokens: number;
  /** UTF-8 bytes of the texts as they came. */
  bytes: number;
  /** Runs of characters that are no white space: in scripts without blanks, whole clauses. */
  words: number;
  /** Compression: higher is better. */
  bytesPerToken: number;
  /** Fertility, the tokens that a word takes: 1 at best. Compare it within a language only. */
  tokensPerWord: number;
  /** Ids of tokens that did not occur, ascending; special tokens and unused ids are not among them. */
  unused: number[];
  /** The tokens that occurred most often, the most frequent first, the lower id first of equals. */
  mostFrequent: { id: number; count: number }[];
}

/** What to count. */
export interface StatisticsOptions {
  /** How many tokens `mostFrequent` has at most. Default: 20. */
  mostFrequent?: number;
  signal?: AbortSignal;
}

const STATISTICS: Kinds<StatisticsOptions> = { mostFrequent: "natural", signal: "signal" };

/**
 * Encodes texts one after the other, special tokens as plain text, and counts; only the counts are kept. Gives way to
 * other work now and then. Ratios are 0 where there is nothing to divide by.
 */
export async function tokenStatistics(
  tokenizer: Tokenizer,
  texts: Iterable<string> | AsyncIterable<string>,
  options: StatisticsOptions = {},
): Promise<TokenStatistics> {
  checkArgument("texts of tokenStatistics", texts, "string|iterable");
  check("tokenStatistics", options, STATISTICS);
  const { mostFrequent = 20, signal } = options;
  // Doubles: a count may pass 32 bits.
  const counts = new Float64Array(tokenizer.vocabSize);
  const sums = { texts: 0, tokens: 0, bytes: 0, words: 0 };
  let rested = performance.now();
  for await (const text of typeof texts === "string" ? [texts] : texts) {
    signal?.throwIfAborted();
    const ids = tokenizer.encodeOrdinary(text);
    for (let i = 0; i < ids.length; i++) counts[ids[i]!]!++;
    sums.texts++;
    sums.tokens += ids.length;
    sums.bytes += utf8Length(text);
    sums.words += countWords(text);
    if (performance.now() - rested > 30) {
      await new Promise((resolve) => setTimeout(resolve));
      rested = performance.now();
    }
  }
  const special = new Set(tokenizer.specialTokens.values());
  const ids = Array.from(counts.keys());
  return {
    ...sums,
    bytesPerToken: sums.bytes / Math.max(1, sums.tokens),
    tokensPerWord: sums.tokens / Math.max(1, sums.words),
    unused: ids.filter((id) => counts[id] === 0 && !special.has(id) && tokenizer.has(id)),
    mostFrequent: ids
      .filter((id) => counts[id]! > 0)
      .sort((a, b) => counts[b]! - counts[a]! || a - b)
      .slice(0, mostFrequent)
      .map((id) => ({ id, count: counts[id]! })),
  };
}

function countWords(text: string): number {
  let words = 0;
  for (const _ of text.matchAll(/\P{White_Space}+/gu)) words++;
  return words;
}
