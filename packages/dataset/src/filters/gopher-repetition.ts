import { atLeast, atMost, filter, type Step } from "../step.js";
import { length, trim } from "../text/python.js";
import { words } from "../text/words.js";
import { duplicates } from "./duplicates.js";

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
  /** By n: characters in the most frequent n-gram of words, all occurrences / characters. Default { 2: .2, 3: .18, 4: .16 }. */
  topNgrams?: Readonly<Record<number, number>>;
  /** By n: characters in n-grams that have come before, overlaps counted once / characters. Default .15 for 5 down to .1 for 10. */
  duplicateNgrams?: Readonly<Record<number, number>>;
}

/** Drops texts that repeat themselves (Rae et al. 2021, table A1), deciding as datatrove 0.10 does. */
export function gopherRepetition(options: GopherRepetitionOptions = {}): Step {
  const {
    duplicateParagraphs = 0.3,
    duplicateParagraphCharacters = 0.2,
    duplicateLines = 0.3,
    duplicateLineCharacters = 0.2,
    topNgrams = { 2: 0.2, 3: 0.18, 4: 0.16 },
    duplicateNgrams = { 5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.1 },
  } = options;
  return filter("gopher_repetition", function* ({ text }) {
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

    const lines = text.split(/\n+/);
    const line = duplicates(lines);
    yield atMost("dup_line_frac", "duplicateLines", line.count / lines.length, duplicateLines);
    yield atMost(
      "dup_line_char_frac",
      "duplicateLineCharacters",
      line.characters / characters,
      duplicateLineCharacters,
    );

    const found = words(text);
    for (const [n, threshold] of Object.entries(topNgrams)) {
      if (found.length < Number(n)) continue;
      const top = topNgram(found, Number(n)) / characters;
      yield atMost(`top_${n}_gram`, `top${n}gram`, top, threshold);
    }
    for (const [n, threshold] of Object.entries(duplicateNgrams)) {
      const duplicate = duplicateNgram(found, Number(n)) / characters;
      yield atMost(`duplicated_${n}_n_grams`, `duplicate${n}grams`, duplicate, threshold);
    }
  });
}

/** The characters of the most frequent n-gram, with spaces between its words; of several the first to appear. */
function topNgram(found: readonly string[], n: number): number {
  const { starts, joined } = join(found, " ");
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= found.length; i++) {
    const gram = joined.slice(starts[i], starts[i + n]! - 1);
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  let top = "";
  for (const [gram, count] of counts) if (count > (counts.get(top) ?? 0)) top = gram;
  return length(top) * counts.get(top)!;
}

/** The characters in n-grams, joined without spaces, that have come before; the search goes on behind each. */
function duplicateNgram(found: readonly string[], n: number): number {
  const { starts, joined } = join(found, "");
  const seen = new Set<string>();
  let characters = 0;
  for (let i = 0; i + n <= found.length; ) {
    const gram = joined.slice(starts[i], starts[i + n]);
    const repeated = seen.has(gram);
    if (repeated) characters += length(gram);
    else seen.add(gram);
    i += repeated ? n : 1;
  }
  return characters;
}

/** The words as one string, and where each starts in it: slices of it cost less than joins. */
function join(found: readonly string[], separator: string): { starts: number[]; joined: string } {
  const starts = [0];
  for (const word of found) starts.push(starts.at(-1)! + word.length + separator.length);
  return { starts, joined: found.join(separator) };
}
