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

/** What documents are, which decides how they are judged. */
export type InputKind = "documentation" | "pages";

/**
 * What files hold: documentation where most of them are Markdown, else pages (and other prose). Names tell, so that the answer
 * is known before anything is read.
 */
export function kindOf(files: readonly string[]): InputKind {
  const markdown = files.filter((file) => /\.(md|markdown)(\.gz)?$/i.test(file));
  return markdown.length > files.length / 2 ? "documentation" : "pages";
}

/**
 * FineWeb's chain, in its order; exact duplicates leave first, because packages share whole files. Three rules are wider for
 * documentation than FineWeb's, which READMEs full of names and snippets fail: `relaxed` says which.
 */
export function cleaning(kind: InputKind): Step[] {
  const isDocumentation = kind === "documentation";
  return [
    exactDedup(),
    extract(),
    markdownText(),
    parts(),
    language(["en"]),
    gopherRepetition(),
    gopherQuality(isDocumentation ? { minAlphabeticWords: 0.7 } : {}),
    c4Quality(isDocumentation ? { curlyBrackets: false, javascript: false } : {}),
    finewebQuality(isDocumentation ? { maxDuplicateCharacters: 0.1 } : {}),
    minhashDedup(),
    pii(),
  ];
}

/** What differs from FineWeb's thresholds. */
export function relaxed(kind: InputKind): string[] {
  if (kind === "pages") return [];
  return [
    "words that hold a letter: at least 70% (FineWeb 80%)",
    'C4\'s "{" and "javascript" rules: off, as documentation is about code',
    "characters in repeated lines: at most 10% (FineWeb 1%)",
  ];
}
