import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { get_encoding, type Tiktoken } from "tiktoken";
import { type PatternName, Tokenizer } from "../src/index.js";

// gpt-tokenizer ships the published rank tables beside its code, outside its `exports`.
export const dataFolder = join(dirname(createRequire(import.meta.url).resolve("gpt-tokenizer")), "../data");

const TABLES = {
  gpt2: { file: "r50k_base", oracle: "gpt2", specialTokens: { "<|endoftext|>": 50256 } },
  cl100k: {
    file: "cl100k_base",
    oracle: "cl100k_base",
    specialTokens: {
      "<|endoftext|>": 100257,
      "<|fim_prefix|>": 100258,
      "<|fim_middle|>": 100259,
      "<|fim_suffix|>": 100260,
      "<|endofprompt|>": 100276,
    },
  },
  o200k: {
    file: "o200k_base",
    oracle: "o200k_base",
    specialTokens: { "<|endoftext|>": 199999, "<|endofprompt|>": 200018 },
  },
} as const;

export type TableName = keyof typeof TABLES & PatternName;
const made = new Map<string, { ours: Tokenizer; theirs: Tiktoken }>();

/** A published vocabulary, read by this package and by tiktoken. */
export function table(name: TableName): { ours: Tokenizer; theirs: Tiktoken } {
  const known = made.get(name);
  if (known) return known;
  const { file, oracle, specialTokens } = TABLES[name];
  const ranks = readFileSync(join(dataFolder, `${file}.tiktoken`));
  const both = {
    ours: Tokenizer.fromTiktoken(ranks, { pattern: name, specialTokens }),
    theirs: get_encoding(oracle),
  };
  made.set(name, both);
  return both;
}
