import {
  c4Quality,
  exactDedup,
  extract,
  finewebQuality,
  gopherQuality,
  gopherRepetition,
  language,
  minhashDedup,
  pii,
  type Step,
} from "@llm/dataset";
import { markdownText } from "./markdown.js";
import { parts } from "./parts.js";

/**
 * FineWeb's chain over documentation, in its order; exact duplicates leave first, because packages
 * share whole files. Three rules are wider than FineWeb's, which READMEs full of names and snippets
 * fail: `relaxed` says which.
 */
export function cleaning(): Step[] {
  return [
    exactDedup(),
    extract(),
    markdownText(),
    parts(),
    language(["en"]),
    gopherRepetition(),
    gopherQuality({ minAlphabeticWords: 0.7 }),
    c4Quality({ curlyBrackets: false, javascript: false }),
    finewebQuality({ maxDuplicateCharacters: 0.1 }),
    minhashDedup(),
    pii(),
  ];
}

/** What differs from FineWeb's thresholds. */
export const relaxed = [
  "words that hold a letter: at least 70% (FineWeb 80%)",
  'C4\'s "{" and "javascript" rules: off, as documentation is about code',
  "characters in repeated lines: at most 10% (FineWeb 1%)",
];
