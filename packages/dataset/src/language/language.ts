import { shown } from "@llm/platform/options";
import { check, checkArgument, OptionsError } from "../check.js";
import { rewrite, type Step } from "../step.js";
import { eld } from "./eld.js";
import type { LanguageIdentifier } from "./identifier.js";

/** Options of `language`. */
export interface LanguageOptions {
  /**
   * The score must be above it; it may depend on the language. Default .65, which is right for eld and, as it happens,
   * for fastText.
   */
  threshold?: number | Readonly<Record<string, number>>;
  /** Default `eld()`. */
  identifier?: LanguageIdentifier;
  /**
   * Whether the identifier gets the text with its line ends, which count as spaces, or without, as datatrove 0.2 did
   * it, so that the last word of a line and the first of the next become one. Default "keep".
   */
  newlines?: "keep" | "delete";
}

const DEFAULT_THRESHOLD = 0.65;

/**
 * Keeps documents in one of the languages (ISO 639-1) and notes what was found as `meta.language` and
 * `meta.languageScore`.
 *
 * @throws OptionsError for a language that the identifier does not know, which would never be found
 */
export function language(languages: readonly string[], options: LanguageOptions = {}): Step {
  checkArgument("languages of language", languages, "array");
  if (languages.length === 0)
    throw new OptionsError(
      'languages of language is empty: name at least one, such as ["en"], or leave the step out.',
    );
  check("language", options, {
    threshold: "number|object",
    identifier: "object",
    newlines: ["keep", "delete"],
  });
  const { threshold = DEFAULT_THRESHOLD, identifier = eld(), newlines = "keep" } = options;
  checkLanguages(languages, identifier);
  if (typeof threshold === "object") checkLanguages(Object.keys(threshold), identifier);
  return rewrite("language", async function* (document) {
    const text = newlines === "delete" ? document.text.replaceAll("\n", "") : document.text;
    const { language: found, score } = await identifier.identify(text);
    const least = typeof threshold === "number" ? threshold : (threshold[found] ?? DEFAULT_THRESHOLD);
    const reason = "language";
    yield languages.includes(found)
      ? { keep: true, metric: "language", value: found, threshold: languages.join(", ") }
      : { keep: false, reason, metric: "language", value: found, threshold: languages.join(", ") };
    yield score > least
      ? { keep: true, metric: "languageScore", value: score, threshold: least, bound: "min" }
      : { keep: false, reason, metric: "languageScore", value: score, threshold: least, bound: "min" };
    return { ...document, meta: { ...document.meta, language: found, languageScore: score } };
  });
}

function checkLanguages(languages: readonly string[], identifier: LanguageIdentifier): void {
  const known = identifier.languages;
  const missing = languages.find(
    (language) => typeof language !== "string" || (known && !known.includes(language)),
  );
  if (missing === undefined) return;
  const wayOut = "pass another identifier, such as lid176() of @llm/dataset/node, or leave the language out";
  throw new OptionsError(
    `language ${shown(missing)} is not one that the identifier of language knows (${(known ?? []).join(", ")}): ${wayOut}.`,
  );
}
