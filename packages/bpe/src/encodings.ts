import type { PatternName } from "./patterns.js";

/** The encodings that OpenAI published for tiktoken. */
export type EncodingName = "gpt2" | "r50k" | "p50k" | "p50k_edit" | "cl100k" | "o200k" | "o200k_harmony";

/** What a published table of ranks does not say by itself. */
export interface Encoding {
  readonly pattern: PatternName;
  readonly specialTokens: Readonly<Record<string, number>>;
  /** How many tokens its table has: special ones are not among them. */
  readonly ranks: number;
  /** One more than the highest id. */
  readonly vocabSize: number;
}

const END_OF_TEXT = "<|endoftext|>";
const END_OF_PROMPT = "<|endofprompt|>";

const GPT2: Encoding = {
  pattern: "gpt2",
  specialTokens: { [END_OF_TEXT]: 50256 },
  ranks: 50256,
  vocabSize: 50257,
};

const P50K: Encoding = {
  pattern: "p50k",
  specialTokens: { [END_OF_TEXT]: 50256 },
  ranks: 50280,
  vocabSize: 50281,
};

const O200K: Encoding = {
  pattern: "o200k",
  specialTokens: { [END_OF_TEXT]: 199999, [END_OF_PROMPT]: 200018 },
  ranks: 199998,
  vocabSize: 200019,
};

/** The published encodings by name, for `loadTiktoken` and `Tokenizer.fromTiktoken`. Their tables are not in this package. */
export const ENCODINGS: Readonly<Record<EncodingName, Encoding>> = {
  gpt2: GPT2,
  r50k: { ...GPT2, pattern: "r50k" },
  p50k: P50K,
  p50k_edit: {
    ...P50K,
    specialTokens: {
      [END_OF_TEXT]: 50256,
      "<|fim_prefix|>": 50281,
      "<|fim_middle|>": 50282,
      "<|fim_suffix|>": 50283,
    },
    vocabSize: 50284,
  },
  cl100k: {
    pattern: "cl100k",
    specialTokens: {
      [END_OF_TEXT]: 100257,
      "<|fim_prefix|>": 100258,
      "<|fim_middle|>": 100259,
      "<|fim_suffix|>": 100260,
      [END_OF_PROMPT]: 100276,
    },
    ranks: 100256,
    vocabSize: 100277,
  },
  o200k: O200K,
  o200k_harmony: { ...O200K, specialTokens: harmonyTokens(), vocabSize: 201088 },
};

/**
 * Every id from 199998 to 201087 has a name, most of them as reserved. tiktoken gives 200018 two, of which the one that
 * has a use is kept.
 */
function harmonyTokens(): Record<string, number> {
  const named: Record<number, string> = {
    199998: "<|startoftext|>",
    199999: END_OF_TEXT,
    200002: "<|return|>",
    200003: "<|constrain|>",
    200005: "<|channel|>",
    200006: "<|start|>",
    200007: "<|end|>",
    200008: "<|message|>",
    200012: "<|call|>",
    200018: END_OF_PROMPT,
  };
  const tokens: Record<string, number> = {};
  for (let id = 199998; id < 201088; id++) tokens[named[id] ?? `<|reserved_${id}|>`] = id;
  return tokens;
}
