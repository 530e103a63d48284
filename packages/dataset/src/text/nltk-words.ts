// The words of NLTK 3.8's `word_tokenize`: those of the Penn Treebank, with some additions, by rules that put spaces between them.
import { latest } from "./latest.js";
import { type PunktParameters, punktSentences } from "./punkt.js";
import { SPACE, splitSpace } from "./python.js";
import type { CutWords } from "./words.js";

const LETTER = "[\\p{L}\\p{N}_]";
const rule = (pattern: string, flags = "gu") => new RegExp(pattern, flags);
type Rule = readonly [RegExp, string];

/** Applied one after the other to a sentence. */
const RULES: readonly Rule[] = [
  // Opening quotes.
  [/[«“‘„]|`+/gu, " $& "],
  [/^"/gu, "``"],
  [/``/gu, " $& "],
  [/([ ([{<])(?:"|'')/gu, "$1 `` "],
  [rule(`'(?!re|ve|ll|m|t|s|d|n)(${LETTER})(?!${LETTER})`, "giu"), "' $1"],
  // Marks. What follows the last period is taken whole: to give parts of it back could not help.
  [rule(`([^.])\\.(?=([\\])}>"'»”’ ]*))\\2[${SPACE}]*$`), "$1 . $2 "],
  [/([:,])(\P{Nd})/gu, " $1 $2"],
  [/[:,]$/gu, " $& "],
  [/\.{2,}/gu, " $& "],
  [/[;@#$%&]/gu, " $& "],
  [rule(`([^.])\\.([\\])}>"']*)[${SPACE}]*$`), "$1 .$2 "],
  [/[?!]/gu, " $& "],
  [/([^'])' /gu, "$1 ' "],
  [/[*\][(){}<>]/gu, " $& "],
  [/--/gu, " -- "],
  // Closing quotes, and what is joined to a word by an apostrophe.
  [/^|$/gu, " "],
  [/[»”’]/gu, " $& "],
  [/''|"/gu, " '' "],
  [/([^' ])('[sSmMdD]?) /gu, "$1 $2 "],
  [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /gu, "$1 $2 "],
  // Words that are two.
  ...["can not", "d 'ye", "gim me", "gon na", "got ta", "lem me", "more 'n"].map(
    (pair): Rule => [rule(`(?<!${LETTER})(${pair.replace(" ", ")(")})(?!${LETTER})`, "giu"), " $1 $2 "],
  ),
  [rule(`(?<!${LETTER})(wan)(na)(?=[${SPACE}])`, "giu"), " $1 $2 "],
  [rule(` ('t)(is)(?!${LETTER})`, "giu"), " $1 $2 "],
  [rule(` ('t)(was)(?!${LETTER})`, "giu"), " $1 $2 "],
];

/**
 * The words of an English text as NLTK's `word_tokenize` cuts them, with the sentences that Punkt finds with these
 * parameters: FineWeb's words of 2024. Those of the latest text are kept.
 */
export function nltkWords(punkt: PunktParameters): CutWords {
  const sentences = punktSentences(punkt);
  return latest((text) => sentences(text).flatMap(wordsOf));
}

function wordsOf(sentence: string): string[] {
  let spaced = sentence;
  for (const [pattern, replacement] of RULES) spaced = spaced.replace(pattern, replacement);
  return splitSpace(spaced);
}
