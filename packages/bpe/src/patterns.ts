import { checkKind } from "@llm/platform/options";
import { failing, inCodePoints } from "./code-points.js";

/** The pretokenisers with a hand-written scanner. `r50k` and `p50k` split as `gpt2` does, `llama3` as `cl100k`. */
export type PatternName = "gpt2" | "r50k" | "p50k" | "cl100k" | "llama3" | "qwen2" | "nanochat" | "o200k";

/**
 * How text is cut into pieces before merging: a known pattern, or any expression of yours (what it does not match stays a
 * piece of its own). An expression may look at any part of a text, so that workers and streams never cut one: a text is
 * then one worker's work however long it is, and is in memory as a whole. Pass it in parts that may be cut, such as lines.
 */
export type Pattern = PatternName | RegExp;

const CONTRACTION = "'s|'t|'re|'ve|'m|'ll|'d";
const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const cl100k = (digits: string) =>
  String.raw`(?i:${CONTRACTION})|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const UPPERS = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWERS = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const O200K = [
  String.raw`[^\r\n\p{L}\p{N}]?${UPPERS}*${LOWERS}+(?i:${CONTRACTION})?`,
  String.raw`[^\r\n\p{L}\p{N}]?${UPPERS}+${LOWERS}*(?i:${CONTRACTION})?`,
  String.raw`\p{N}{1,3}`,
  String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*`,
  String.raw`\s*[\r\n]+`,
  String.raw`\s+(?!\S)`,
  String.raw`\s+`,
].join("|");

/** Each known pattern as tokenizer files write it (the syntax of Rust's and Oniguruma's regular expressions). */
export const PATTERN_SOURCES: Readonly<Record<PatternName, string>> = {
  gpt2: GPT2,
  r50k: GPT2,
  p50k: GPT2,
  cl100k: cl100k(String.raw`\p{N}{1,3}`),
  llama3: cl100k(String.raw`\p{N}{1,3}`),
  qwen2: cl100k(String.raw`\p{N}`),
  nanochat: cl100k(String.raw`\p{N}{1,2}`),
  o200k: O200K,
};

// The same splits in other words, as they occur in published tokenizer files.
const ALIASES: readonly (readonly [string, PatternName])[] = [
  [String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, "gpt2"],
  [
    String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`,
    "cl100k",
  ],
  [
    String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`,
    "nanochat",
  ],
];

/** Which known pattern a tokenizer file's expression is, if any. */
export function patternNamed(source: string): PatternName | undefined {
  for (const [name, known] of Object.entries(PATTERN_SOURCES)) {
    if (known === source) return name as PatternName;
  }
  return ALIASES.find(([known]) => known === source)?.[1];
}

// JavaScript's words may say more than those they came from: a file gets back what it had.
const sources = new WeakMap<RegExp, string>();

/** Keeps the words of a tokenizer file that an expression was read from. */
export function keepSource(expression: RegExp, source: string): RegExp {
  sources.set(expression, source);
  return expression;
}

/** The words of a tokenizer file that an expression was read from; undefined for one of the user's. */
export function sourceOf(expression: RegExp): string | undefined {
  return sources.get(expression);
}

/** Refuses what is neither a known pattern nor an expression by which text can be cut. @throws what `fail` makes */
export function checkPattern(of: string, pattern: unknown, fail = failing): void {
  if (pattern instanceof RegExp) inCodePoints(pattern, fail);
  else if (pattern !== undefined) checkKind(`pattern of ${of}`, pattern, Object.keys(PATTERN_SOURCES), fail);
}
