import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { finewebQuality } from "../filters/fineweb-quality.js";
import { gopherQuality } from "../filters/gopher-quality.js";
import { gopherRepetition } from "../filters/gopher-repetition.js";
import type { Step } from "../step.js";
import { segmentWords } from "../text/segment.js";
import { words } from "../text/words.js";

/** What the filters ask of texts in one language, in the terms of their options: plain data. */
export interface LanguageThresholds {
  /** What the identifier's score must be above. Default .65. */
  readonly languageScore?: number;
  /** How words are cut: by `segmentWords` for the language, or as English. Default "segments". */
  readonly words?: "segments" | "english";
  /** Of `gopherRepetition`. */
  readonly duplicateLines: number;
  readonly topNgrams: Readonly<Record<number, number>>;
  readonly duplicateNgrams: Readonly<Record<number, number>>;
  /** Of `finewebQuality`. */
  readonly minTerminalLines: number;
  readonly maxNewlines: number;
  /** Of `gopherQuality`. */
  readonly minWordLength: number;
  readonly maxWordLength: number;
  readonly minAlphabeticWords: number;
  readonly stopWords: readonly string[];
}

const THRESHOLDS: Kinds<LanguageThresholds> = {
  languageScore: "number",
  words: ["segments", "english"],
  duplicateLines: "number!",
  topNgrams: "object!",
  duplicateNgrams: "object!",
  minTerminalLines: "number!",
  maxNewlines: "number!",
  minWordLength: "number!",
  maxWordLength: "number!",
  minAlphabeticWords: "number!",
  stopWords: "array!",
};

/**
 * The filters as FineWeb-2 (Penedo et al. 2025) applies them to one language: Gopher's and FineWeb's own without what
 * looks at paragraphs, at characters in repeated lines (of which a tenth may be) and at short lines; and none of C4's.
 *
 * @throws OptionsError for thresholds that are none
 */
export function multilingualFilters(language: string, thresholds: LanguageThresholds): Step[] {
  check(`finewebMultilingual for ${language}`, thresholds, THRESHOLDS);
  const { duplicateLines, topNgrams, duplicateNgrams, minTerminalLines, maxNewlines } = thresholds;
  const { minWordLength, maxWordLength, minAlphabeticWords, stopWords } = thresholds;
  const cutWords = thresholds.words === "english" ? words : segmentWords(language);
  const off = Number.POSITIVE_INFINITY;
  return [
    gopherRepetition({
      duplicateParagraphs: off,
      duplicateParagraphCharacters: off,
      duplicateLineCharacters: off,
      duplicateLines,
      topNgrams,
      duplicateNgrams,
      cutWords,
    }),
    finewebQuality({
      maxShortLines: off,
      maxDuplicateCharacters: 0.1,
      minTerminalLines,
      maxNewlines,
      cutWords,
    }),
    gopherQuality({ minWordLength, maxWordLength, minAlphabeticWords, stopWords, cutWords }),
  ];
}

/** A configuration that is not one of FineWeb-2's. */
export class Fineweb2ConfigError extends Error {
  override readonly name = "Fineweb2ConfigError";
  constructor(key: string, value: unknown) {
    super(
      `"${key}" is ${JSON.stringify(value)} in this configuration. Give what one of FineWeb-2's configs/*.yml holds.`,
    );
  }
}

/**
 * The thresholds in one of the YAML files that FineWeb-2 publishes, one for each of its languages, once a YAML parser
 * has read it. FineWeb-2's words come from other tokenizers, and its language scores from GlotLID: give a score of your own
 * where you identify with another.
 *
 * @throws Fineweb2ConfigError
 */
export function fineweb2Thresholds(config: Readonly<Record<string, unknown>>): LanguageThresholds {
  const check = <T>(key: string, is: (value: unknown) => value is T): T => {
    const value = config[key];
    if (!is(value)) throw new Fineweb2ConfigError(key, value);
    return value;
  };
  const byLength = (key: string) => Object.fromEntries(check(key, isPairs));
  return {
    languageScore: check("language_score", isNumber),
    duplicateLines: check("dup_line_frac", isNumber),
    topNgrams: byLength("top_n_grams"),
    duplicateNgrams: byLength("dup_n_grams"),
    minTerminalLines: check("line_punct_thr", isNumber),
    maxNewlines: check("new_line_ratio", isNumber),
    minWordLength: check("min_avg_word_length", isNumber),
    maxWordLength: check("max_avg_word_length", isNumber),
    minAlphabeticWords: check("max_non_alpha_words_ratio", isNumber),
    stopWords: check("stopwords", isStrings),
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isPairs(value: unknown): value is [number, number][] {
  return (
    Array.isArray(value) &&
    value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isNumber))
  );
}
