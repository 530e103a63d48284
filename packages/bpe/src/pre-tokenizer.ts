import { matchesIn } from "./code-points.js";
import { TokenizerFormatError } from "./errors.js";
import { onlyCuts, patternOf, stepsIn } from "./hf-steps.js";
import { asObject, type Json } from "./json.js";
import { patternRegExp, readOniguruma } from "./pattern-expression.js";
import type { Pattern } from "./patterns.js";

/** One thing done to a stretch of text before its merges; `first`: the text begins with it. */
export type CutStep = (text: string, first: boolean) => string[];

/** How a file prepares text: steps in order, and the pattern that cuts what they give. */
export interface PreTokenizer {
  steps: CutStep[];
  pattern: Pattern;
}

/** A whole stretch is one piece. */
export const WHOLE = /.+/gsu;

/** The steps and the pattern of "pre_tokenizer". @throws TokenizerFormatError */
export function readPreTokenizer(file: Json, readMetaspace?: (step: Json) => CutStep): PreTokenizer {
  const list = stepsIn(file, "pre_tokenizer");
  const read = (step: Json) => readStep(step, readMetaspace);
  const level = list.at(-1)?.["type"] === "ByteLevel" ? list.pop() : undefined;
  const prefix = level?.["add_prefix_space"] === true ? [prefixed(" ", false)] : [];
  // use_regex is true where a file does not say.
  if (level && level["use_regex"] !== false) {
    return { steps: [...list.map(read), ...prefix], pattern: "gpt2" };
  }
  const last = list.at(-1);
  if (last?.["type"] === "Split" && prefix.length === 0) {
    const pattern = readPattern(last);
    if (onlyCuts(last) && (typeof pattern === "string" || last["behavior"] === "Isolated")) {
      return { steps: list.slice(0, -1).map(read), pattern };
    }
  }
  return { steps: [...list.map(read), ...prefix], pattern: WHOLE };
}

/** All steps as one; none where there are none. */
export function inOrder(steps: readonly CutStep[]): CutStep | undefined {
  if (steps.length === 0) return undefined;
  return (text, first) =>
    steps.reduce<string[]>(
      (pieces, step) => pieces.flatMap((piece, i) => step(piece, first && i === 0)),
      [text],
    );
}

/** A pattern as a step. */
export function cutStep(pattern: Pattern, behavior: unknown = "Isolated", invert = false): CutStep {
  const expression = typeof pattern === "string" ? patternRegExp(pattern) : pattern;
  return (text) => cut(text, expression, behavior, invert);
}

/** The pattern of a "Split". @throws TokenizerFormatError */
function readPattern(split: Json): Pattern {
  const { Regex, String: literal } = asObject(split["pattern"], 'The pattern of "Split"');
  if (typeof Regex === "string") return patternOf(split) ?? readOniguruma(Regex);
  if (typeof literal === "string") return readOniguruma(literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  throw new TokenizerFormatError('The pattern of "Split" has neither "Regex" nor "String".');
}

function readStep(step: Json, readMetaspace?: (step: Json) => CutStep): CutStep {
  const { type, behavior, invert, individual_digits: individual } = step;
  if (type === "Split") return cutStep(readPattern(step), behavior, invert === true);
  if (type === "Digits") return cutStep(/\p{N}/gu, individual === true ? "Isolated" : "Contiguous");
  // ASCII's, and Unicode's.
  if (type === "Punctuation") return cutStep(/[\p{P}$+<=>^`|~]/gu, behavior);
  if (type === "Metaspace" && readMetaspace) return readMetaspace(step);
  throw new TokenizerFormatError(
    `The pre_tokenizer has ${JSON.stringify(type)} where it cannot be read: leave it out.`,
  );
}

export function prefixed(blank: string, onlyFirst: boolean): CutStep {
  return (text, first) => [(onlyFirst && !first) || text.startsWith(blank) ? text : blank + text];
}

/** Cuts text at the matches of an expression. The behaviours are those of Hugging Face's "Split". */
export function cut(text: string, expression: RegExp, behavior: unknown, invert: boolean): string[] {
  let parts: { text: string; found: boolean }[] = [];
  let done = 0;
  for (const { match, index } of matchesIn(text, expression)) {
    if (done < index) parts.push({ text: text.slice(done, index), found: invert });
    parts.push({ text: match, found: !invert });
    done = index + match.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done), found: invert });
  if (behavior === "Removed") parts = parts.filter(({ found }) => !found);
  else if (behavior !== "Isolated") parts = joined(parts, behavior);
  return parts.map((part) => part.text).filter((part) => part !== "");
}

function joined(parts: { text: string; found: boolean }[], behavior: unknown) {
  const next = behavior === "MergedWithNext";
  const out: typeof parts = [];
  let before: boolean | undefined;
  for (const part of next ? parts.reverse() : parts) {
    const goes = behavior === "Contiguous" ? part.found === before : part.found && !before;
    before = part.found;
    const last = goes ? out.at(-1) : undefined;
    if (last) last.text = next ? part.text + last.text : last.text + part.text;
    else out.push({ ...part });
  }
  return next ? out.reverse() : out;
}
