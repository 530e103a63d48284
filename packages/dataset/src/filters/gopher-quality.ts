import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { atLeast, atMost, filter, type Step } from "../step.js";
import { PUNCTUATION } from "../text/punctuation.js";
import { length, occurrences, splitLines, trimEnd, trimStart } from "../text/python.js";
import { type CutWords, words } from "../text/words.js";

/** Options of `gopherQuality`. `Infinity` turns off a maximum, 0 a minimum. */
export interface GopherQualityOptions {
  /** Words that are not only punctuation. Default 50. */
  minWords?: number;
  /** Default 100,000. */
  maxWords?: number;
  /** Mean length of those words. Default 3. */
  minWordLength?: number;
  /** Default 10. */
  maxWordLength?: number;
  /** `#` / words, and ellipses / words. Default .1. */
  maxSymbols?: number;
  /** Lines that start with a bullet / lines. Default .9. */
  maxBulletLines?: number;
  /** Lines that end in an ellipsis / lines. Default .3. */
  maxEllipsisLines?: number;
  /** Words with a letter / words. Default .8. */
  minAlphabeticWords?: number;
  /** Stop words. Default 2. */
  minStopWords?: number;
  /** Whether a stop word counts once, or as often as it occurs, as in datatrove 0.2. Default "distinct". */
  stopWordCount?: "distinct" | "occurrences";
  /** Default the, be, to, of, and, that, have, with. Case counts. */
  stopWords?: readonly string[];
  /** What a word may not wholly consist of, to be one that counts. Default the marks of many scripts. */
  punctuation?: Iterable<string>;
  /** How words are cut. Default `words`, which is for English; see `segmentWords`. */
  cutWords?: CutWords;
}

const STOP_WORDS = ["the", "be", "to", "of", "and", "that", "have", "with"];

const GOPHER_QUALITY: Kinds<GopherQualityOptions> = {
  minWords: "number",
  maxWords: "number",
  minWordLength: "number",
  maxWordLength: "number",
  maxSymbols: "number",
  maxBulletLines: "number",
  maxEllipsisLines: "number",
  minAlphabeticWords: "number",
  minStopWords: "number",
  stopWordCount: ["distinct", "occurrences"],
  stopWords: "array",
  punctuation: "string|iterable",
  cutWords: "function",
};

/** Drops texts that do not read like prose (Rae et al. 2021, appendix A), deciding as datatrove 0.10 does. */
export function gopherQuality(options: GopherQualityOptions = {}): Step {
  check("gopherQuality", options, GOPHER_QUALITY);
  const {
    minWords = 50,
    maxWords = 100_000,
    minWordLength = 3,
    maxWordLength = 10,
    maxSymbols = 0.1,
    maxBulletLines = 0.9,
    maxEllipsisLines = 0.3,
    minAlphabeticWords = 0.8,
    minStopWords = 2,
    stopWordCount = "distinct",
    stopWords = STOP_WORDS,
    punctuation = PUNCTUATION,
    cutWords = words,
  } = options;
  const stops = new Set(stopWords);
  const marks = new Set(punctuation);
  return filter("gopherQuality", function* ({ text }) {
    const all = cutWords(text);
    const count = all.length;
    const proper = all.filter((word) => !consistsOf(word, marks));
    yield atLeast("gopher_short_doc", "words", proper.length, minWords);
    yield atMost("gopher_long_doc", "words", proper.length, maxWords);

    const mean = proper.reduce((sum, word) => sum + length(word), 0) / proper.length;
    yield atLeast("gopher_below_avg_threshold", "wordLength", mean, minWordLength);
    yield atMost("gopher_above_avg_threshold", "wordLength", mean, maxWordLength);

    const ellipses = occurrences(text, "...") + occurrences(text, "…");
    yield atMost("gopher_too_many_hashes", "hashes", occurrences(text, "#") / count, maxSymbols);
    yield atMost("gopher_too_many_ellipsis", "ellipses", ellipses / count, maxSymbols);

    const lines = splitLines(text);
    const bullets = lines.filter((line) => /^[•-]/.test(trimStart(line))).length;
    const ends = lines.filter((line) => /(?:\.\.\.|…)$/.test(trimEnd(line))).length;
    yield atMost("gopher_too_many_bullets", "bulletLines", bullets / lines.length, maxBulletLines);
    yield atMost("gopher_too_many_end_ellipsis", "ellipsisLines", ends / lines.length, maxEllipsisLines);

    const alphabetic = all.filter((word) => /\p{L}/u.test(word)).length / count;
    yield atLeast("gopher_below_alpha_threshold", "alphabeticWords", alphabetic, minAlphabeticWords);

    const stopping = all.filter((word) => stops.has(word));
    const found = stopWordCount === "distinct" ? new Set(stopping).size : stopping.length;
    yield atLeast("gopher_enough_stop_words", "stopWords", found, minStopWords);
  });
}

function consistsOf(word: string, marks: ReadonlySet<string>): boolean {
  for (const character of word) if (!marks.has(character)) return false;
  return true;
}
