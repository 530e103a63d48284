import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { atLeast, atMost, filter, type Step } from "../step.js";
import { length, splitLines, trim } from "../text/python.js";
import { type CutWords, words } from "../text/words.js";
import { duplicates } from "./duplicates.js";
import { Stretches } from "./stretches.js";

/** Options of `gopherRepetition`: the largest fractions that are kept. `Infinity` turns a check off. */
export interface GopherRepetitionOptions {
  /** Paragraphs that have come before / paragraphs. Default .3. */
  duplicateParagraphs?: number;
  /** Characters in such paragraphs / characters. Default .2. */
  duplicateParagraphCharacters?: number;
  /** Lines that have come before / lines. Default .3. */
  duplicateLines?: number;
  /** Characters in such lines / characters. Default .2. */
  duplicateLineCharacters?: number;
  /**
   * Where lines end: at line feeds, many in a row counting as one, or at each of Unicode's line ends, as in datatrove 0.2.
   * Default "newlines".
   */
  lineEnds?: "newlines" | "unicode";
  /** By n: characters in the most frequent n-gram of words, all occurrences / characters. Default { 2: .2, 3: .18, 4: .16 }. */
  topNgrams?: Readonly<Record<number, number>>;
  /** By n: characters in n-grams that have come before, overlaps counted once / characters. Default .15 for 5 down to .1 for 10. */
  duplicateNgrams?: Readonly<Record<number, number>>;
  /** How words are cut. Default `words`, which is for English; see `segmentWords`. */
  cutWords?: CutWords;
}

const GOPHER_REPETITION: Kinds<GopherRepetitionOptions> = {
  duplicateParagraphs: "number",
  duplicateParagraphCharacters: "number",
  duplicateLines: "number",
  duplicateLineCharacters: "number",
  lineEnds: ["newlines", "unicode"],
  topNgrams: "object",
  duplicateNgrams: "object",
  cutWords: "function",
};

/** Drops texts that repeat themselves (Rae et al. 2021, table A1), deciding as datatrove 0.10 does. */
export function gopherRepetition(options: GopherRepetitionOptions = {}): Step {
  check("gopherRepetition", options, GOPHER_REPETITION);
  const {
    duplicateParagraphs = 0.3,
    duplicateParagraphCharacters = 0.2,
    duplicateLines = 0.3,
    duplicateLineCharacters = 0.2,
    lineEnds = "newlines",
    topNgrams = { 2: 0.2, 3: 0.18, 4: 0.16 },
    duplicateNgrams = { 5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.1 },
    cutWords = words,
  } = options;
  return filter("gopherRepetition", function* ({ text }) {
    yield atLeast("empty", "characters", length(text), 1);
    const characters = length(text);

    const paragraphs = trim(text).split(/\n{2,}/);
    const paragraph = duplicates(paragraphs);
    yield atMost(
      "dup_para_frac",
      "duplicateParagraphs",
      paragraph.count / paragraphs.length,
      duplicateParagraphs,
    );
    yield atMost(
      "dup_para_char_frac",
      "duplicateParagraphCharacters",
      paragraph.characters / characters,
      duplicateParagraphCharacters,
    );

    const lines = lineEnds === "unicode" ? splitLines(text) : text.split(/\n+/);
    const line = duplicates(lines);
    yield atMost("dup_line_frac", "duplicateLines", line.count / lines.length, duplicateLines);
    yield atMost(
      "dup_line_char_frac",
      "duplicateLineCharacters",
      line.characters / characters,
      duplicateLineCharacters,
    );

    const found = cutWords(text);
    const spaced = new WordGrams(found, " ");
    for (const [n, threshold] of Object.entries(topNgrams)) {
      if (found.length < Number(n)) continue;
      yield atMost(`top_${n}_gram`, `top${n}gram`, spaced.top(Number(n)) / characters, threshold);
    }
    const dense = new WordGrams(found, "");
    for (const [n, threshold] of Object.entries(duplicateNgrams)) {
      const duplicate = dense.repeated(Number(n)) / characters;
      yield atMost(`duplicated_${n}_n_grams`, `duplicate${n}grams`, duplicate, threshold);
    }
  });
}

/** The n-grams of some words, which are equal where they are written alike once their words are joined. */
class WordGrams {
  readonly #joined: string;
  readonly #separator: number;
  /** Where each word starts, and where the one after the last would. */
  readonly #starts: Int32Array;
  readonly #stretches: Stretches;

  constructor(found: readonly string[], separator: string) {
    this.#joined = found.join(separator);
    this.#separator = separator.length;
    this.#starts = new Int32Array(found.length + 1);
    let start = 0;
    for (const [i, word] of found.entries()) {
      start += word.length + separator.length;
      this.#starts[i + 1] = start;
    }
    this.#stretches = new Stretches(this.#joined, found.length);
  }

  /** The characters of the most frequent n-gram, times its occurrences; of several the first to appear. */
  top(n: number): number {
    this.#stretches.clear();
    for (let i = 0; i + n < this.#starts.length; i++)
      this.#stretches.count(this.#starts[i]!, this.#end(i, n));
    const { text, count } = this.#stretches.top();
    return length(text) * count;
  }

  /** The characters in n-grams that have come before; the search goes on behind each. */
  repeated(n: number): number {
    this.#stretches.clear();
    let characters = 0;
    for (let i = 0; i + n < this.#starts.length; ) {
      const start = this.#starts[i]!;
      const end = this.#end(i, n);
      const repeats = this.#stretches.count(start, end) > 0;
      if (repeats) characters += length(this.#joined.slice(start, end));
      i += repeats ? n : 1;
    }
    return characters;
  }

  #end(i: number, n: number): number {
    return this.#starts[i + n]! - this.#separator;
  }
}
