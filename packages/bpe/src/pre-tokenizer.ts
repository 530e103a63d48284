import { TokenizerFormatError } from "./errors.js";
import { readPattern } from "./hf-pattern.js";
import { asObject, type Json } from "./json.js";
import { type Pattern, patternNamed, patternRegExp } from "./patterns.js";

/** One thing done to a stretch of text before its merges; `first`: the text begins with it. */
export type CutStep = (text: string, first: boolean) => string[];

/** Reads a step that is not known here. */
export type OtherSteps = (step: Json) => CutStep | undefined;

/** How a file prepares text: steps in order, and the pattern that cuts what they give. */
export interface PreTokenizer {
  steps: CutStep[];
  pattern: Pattern;
}

/** A whole stretch is one piece. */
export const WHOLE = /.+/gsu;

/** Whether a pre-tokenizer maps text to the byte alphabet. */
export function isByteLevel(value: unknown): boolean {
  return flatten(value).at(-1)?.["type"] === "ByteLevel";
}

/** The steps and the pattern of "pre_tokenizer". @throws TokenizerFormatError */
export function readPreTokenizer(value: unknown, others?: OtherSteps): PreTokenizer {
  const list = flatten(value);
  const read = (step: Json) => readStep(step, others);
  const level = isByteLevel(value) ? list.pop() : undefined;
  const prefix = level?.["add_prefix_space"] === true ? [prefixed(" ", false)] : [];
  // use_regex is true where a file does not say.
  if (level && level["use_regex"] !== false) {
    return { steps: [...list.map(read), ...prefix], pattern: "gpt2" };
  }
  const last = list.at(-1);
  if (last?.["type"] === "Split" && prefix.length === 0) {
    const pattern = patternOf(last);
    // A known pattern leaves nothing between its pieces: to remove that is to cut.
    const known = typeof pattern === "string" && last["behavior"] === "Removed" && last["invert"] === true;
    if (known || (last["behavior"] === "Isolated" && last["invert"] !== true)) {
      return { steps: list.slice(0, -1).map(read), pattern };
    }
  }
  return { steps: [...list.map(read), ...prefix], pattern: WHOLE };
}

/** Sequences within sequences as one list. */
function flatten(value: unknown): Json[] {
  if (value === null || value === undefined) return [];
  const step = asObject(value, '"pre_tokenizer"');
  if (step["type"] !== "Sequence") return [step];
  const steps = step["pretokenizers"];
  if (!Array.isArray(steps)) throw new TokenizerFormatError('"pre_tokenizer.pretokenizers" is not a list.');
  return steps.flatMap(flatten);
}

function patternOf(split: Json): Pattern {
  const pattern = asObject(split["pattern"], 'The pattern of "Split"');
  const { Regex } = pattern;
  if (typeof Regex !== "string") return readPattern(split);
  // Some files have line breaks themselves where others write their escapes.
  return patternNamed(Regex.replaceAll("\r", "\\r").replaceAll("\n", "\\n")) ?? readPattern(split);
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

function readStep(step: Json, others?: OtherSteps): CutStep {
  const { type, behavior, invert, individual_digits: individual } = step;
  if (type === "Split") return cutStep(patternOf(step), behavior, invert === true);
  if (type === "Digits") return cutStep(/\p{N}/gu, individual === true ? "Isolated" : "Contiguous");
  // ASCII's, and Unicode's.
  if (type === "Punctuation") return cutStep(/[\p{P}$+<=>^`|~]/gu, behavior);
  const other = others?.(step);
  if (other) return other;
  throw new TokenizerFormatError(
    `The pre-tokenizer has ${JSON.stringify(type)}, which cannot be read: leave it out.`,
  );
}

export function prefixed(blank: string, onlyFirst: boolean): CutStep {
  return (text, first) => [(onlyFirst && !first) || text.startsWith(blank) ? text : blank + text];
}

/** Cuts text at the matches of an expression. The behaviours are those of Hugging Face's "Split". */
export function cut(text: string, expression: RegExp, behavior: unknown, invert: boolean): string[] {
  let parts: { text: string; found: boolean }[] = [];
  let done = 0;
  for (const { 0: match, index } of text.matchAll(expression)) {
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
