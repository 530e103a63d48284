// How a tokenizer.json treats text before merging: what most files do is known here, all else to `@llm/bpe/expressions`.
import { TokenizerFormatError } from "./errors.js";
import { asObject, type Json } from "./json.js";
import type { NormalizationForm, Normalizer } from "./normalizer.js";
import { type PatternName, patternNamed } from "./patterns.js";

/** What can be read, here or elsewhere. */
const KNOWN = {
  normalizer: /^(?:NFK?[CD]|Replace|Prepend|Lowercase|Strip)$/,
  pre_tokenizer: /^(?:Split|Digits|Punctuation|Metaspace|ByteLevel)$/,
};

/** The steps of a file, sequences within sequences as one list. @throws TokenizerFormatError naming one that cannot be read */
export function stepsIn(file: Json, part: keyof typeof KNOWN): Json[] {
  const flat = (value: unknown): Json[] => {
    if (value === null || value === undefined) return [];
    const step = asObject(value, `"${part}"`);
    const { type } = step;
    if (type !== "Sequence") {
      if (KNOWN[part].test(String(type))) return [step];
      throw new TokenizerFormatError(
        `The ${part} has ${JSON.stringify(type)}, which cannot be read: leave it out.`,
      );
    }
    const name = `${part.replace("_", "")}s`;
    const list = step[name];
    if (!Array.isArray(list)) throw new TokenizerFormatError(`"${part}.${name}" is not a list.`);
    return list.flatMap(flat);
  };
  return flat(file[part]);
}

/** Whether the tokens of a file are made of characters. */
export function isCharacterLevel(file: Json): boolean {
  return stepsIn(file, "pre_tokenizer").at(-1)?.["type"] !== "ByteLevel";
}

/** The forms that a file normalises to; undefined where it does anything else. */
export function ordinaryNormalizer(file: Json): Normalizer | null | undefined {
  const types = stepsIn(file, "normalizer").map(({ type }) => type as NormalizationForm);
  return types.every((type) => type.startsWith("NF")) ? asNormalizer(types) : undefined;
}

/** The steps as an option has them. */
export function asNormalizer(steps: Extract<Normalizer, readonly unknown[]>): Normalizer | null {
  return steps.length > 1 ? steps : (steps[0] ?? null);
}

/** The known pattern by which a file cuts, and does no more than that; else undefined. */
export function ordinaryPattern(file: Json): PatternName | undefined {
  const steps = stepsIn(file, "pre_tokenizer");
  const { add_prefix_space: prefix, use_regex: own } = steps.pop() ?? {};
  const [split] = steps;
  if (prefix === true || steps.length > 1) return undefined;
  // use_regex is true where a file does not say.
  if (own !== false) return split ? undefined : "gpt2";
  return split?.["type"] === "Split" && onlyCuts(split) ? patternOf(split) : undefined;
}

/** Whether a "Split" by a known pattern loses nothing: that leaves nothing between its pieces which could be removed. */
export function onlyCuts({ behavior, invert }: Json): boolean {
  return invert === true ? behavior === "Removed" : behavior === "Isolated";
}

/** The known pattern of a "Split". */
export function patternOf(split: Json): PatternName | undefined {
  const { Regex } = asObject(split["pattern"], 'The pattern of "Split"');
  // Some files have line breaks themselves where others write their escapes.
  return typeof Regex === "string"
    ? patternNamed(Regex.replaceAll("\r", "\\r").replaceAll("\n", "\\n"))
    : undefined;
}
