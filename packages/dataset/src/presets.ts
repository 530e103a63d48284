import { extract } from "./extract/extract.js";
import { c4Quality } from "./filters/c4-quality.js";
import { finewebQuality } from "./filters/fineweb-quality.js";
import { gopherQuality } from "./filters/gopher-quality.js";
import { gopherRepetition } from "./filters/gopher-repetition.js";
import { type UrlLists, urlFilter } from "./filters/url-filter.js";
import type { LanguageIdentifier } from "./language/identifier.js";
import { language } from "./language/language.js";
import type { Step } from "./step.js";

/** Options of `fineweb`. */
export interface FinewebOptions {
  /** Default none: the package ships no lists. */
  lists?: UrlLists;
  /** Default `["en"]`. The words are cut as English whatever it says. */
  languages?: readonly string[];
  /** Default `eld()`. */
  identifier?: LanguageIdentifier;
}

/**
 * FineWeb's steps from a page to a document worth keeping, in order, as datatrove 0.10 decides: URL, extraction, language, Gopher's two,
 * C4's and FineWeb's own. Deduplication (`minhashDedup`) and `pii` follow them, over a whole crawl.
 */
export function fineweb({ lists = {}, languages = ["en"], identifier }: FinewebOptions = {}): Step[] {
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
