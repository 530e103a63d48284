import type { Kinds } from "@llm/platform/options";
import { check, checkArgument } from "./check.js";
import { extract } from "./extract/extract.js";
import { c4Quality } from "./filters/c4-quality.js";
import { finewebQuality } from "./filters/fineweb-quality.js";
import { gopherQuality } from "./filters/gopher-quality.js";
import { gopherRepetition } from "./filters/gopher-repetition.js";
import { type UrlLists, urlFilter } from "./filters/url-filter.js";
import { byLanguage } from "./language/by-language.js";
import type { LanguageIdentifier } from "./language/identifier.js";
import { language } from "./language/language.js";
import { type LanguageThresholds, multilingualFilters } from "./language/thresholds.js";
import type { Step } from "./step.js";
import { nltkWords } from "./text/nltk-words.js";
import { PUNCTUATION_2024 } from "./text/punctuation.js";
import { type PunktParameters, punktSentences } from "./text/punkt.js";

/** Options of the presets. */
export interface FinewebOptions {
  /** Default none: the package ships no lists. */
  lists?: UrlLists;
  /** Default `["en"]`. The words are cut as English whatever it says. */
  languages?: readonly string[];
  /** Default `eld()`; FineWeb was made with lid.176, which is `lid176()` of `@llm/dataset/node`. */
  identifier?: LanguageIdentifier;
}

const FINEWEB: Kinds<FinewebOptions> = { lists: "object", languages: "array", identifier: "object" };

/**
 * FineWeb's steps from a page to a document worth keeping, in order, as datatrove 0.10 decides: URL, extraction,
 * language, Gopher's two, C4's and FineWeb's own. Deduplication (`minhashDedup`) and `pii` follow them, over a whole
 * crawl.
 */
export function datatrove010(options: FinewebOptions = {}): Step[] {
  check("datatrove010", options, FINEWEB);
  const { lists = {}, languages = ["en"], identifier } = options;
  return [
    urlFilter({ lists }),
    extract({ favor: "precision" }),
    language(languages, identifier ? { identifier } : {}),
    gopherRepetition(),
    gopherQuality(),
    c4Quality(),
    finewebQuality(),
  ];
}

/** Options of `fineweb2024`. */
export interface Fineweb2024Options extends FinewebOptions {
  /** What Punkt has learned of English, for FineWeb's own words: `readPunkt` of `@llm/dataset/node` reads it. */
  punkt?: PunktParameters;
}

/**
 * The same steps as datatrove 0.2 decides, which made the FineWeb of 2024. That cut words and sentences with NLTK, whose
 * trained model is not in this package: without `punkt` spaCy's rules for English cut them, as in `datatrove010`. For PII
 * as it was, take `pii({ upperCaseEmails: false })`, and for near-duplicates
 * `{ normalization: "fineweb2024", tokenize: nltkWords(punkt) }`.
 */
export function fineweb2024(options: Fineweb2024Options = {}): Step[] {
  check("fineweb2024", options, { ...FINEWEB, punkt: "object" });
  const { lists = {}, languages = ["en"], identifier, punkt } = options;
  const cut = punkt ? { cutWords: nltkWords(punkt) } : {};
  return [
    urlFilter({ lists }),
    extract({ favor: "precision" }),
    language(languages, { newlines: "delete", ...(identifier && { identifier }) }),
    gopherRepetition({ lineEnds: "unicode", ...cut }),
    gopherQuality({ stopWordCount: "occurrences", punctuation: PUNCTUATION_2024, ...cut }),
    c4Quality(punkt && { cutSentences: punktSentences(punkt) }),
    finewebQuality({ terminals: `.'"!?`, emptyLines: true, exclusive: true, ...cut }),
  ];
}

/** The newest of FineWeb's presets, `datatrove010`. */
export function fineweb(options: FinewebOptions = {}): Step[] {
  check("fineweb", options, FINEWEB);
  return datatrove010(options);
}

/** Options of `finewebMultilingual`. */
export type FinewebMultilingualOptions = Omit<FinewebOptions, "languages">;

/**
 * FineWeb-2's steps (Penedo et al. 2025) for the languages that there are thresholds for, by what the identifier calls
 * them: URL, extraction, language, and then filters with thresholds of each language's own. There deduplication comes
 * before the filters. No thresholds are shipped: take FineWeb-2's with `fineweb2Thresholds`, or find your own with
 * `deriveThresholds`.
 */
export function finewebMultilingual(
  thresholds: Readonly<Record<string, LanguageThresholds>>,
  options: FinewebMultilingualOptions = {},
): Step[] {
  checkArgument("thresholds of finewebMultilingual", thresholds, "object");
  check("finewebMultilingual", options, { lists: "object", identifier: "object" });
  const { lists = {}, identifier } = options;
  const entries = Object.entries(thresholds);
  const scores = entries.map(([name, { languageScore = 0.65 }]) => [name, languageScore] as const);
  return [
    urlFilter({ lists }),
    extract({ favor: "precision" }),
    language(Object.keys(thresholds), {
      threshold: Object.fromEntries(scores),
      ...(identifier && { identifier }),
    }),
    byLanguage(Object.fromEntries(entries.map(([name, each]) => [name, multilingualFilters(name, each)]))),
  ];
}
