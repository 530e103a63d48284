import { inCodePoints, matchesIn } from "./code-points.js";
import type { Pattern } from "./patterns.js";

/** A Unicode normalisation form, as `String.prototype.normalize` knows them. */
export type NormalizationForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/**
 * What else is done to text, in the words of a tokenizer.json: a text or the matches of an expression replaced everywhere
 * (`content` is plain text), a text put in front of any text that is not empty, small letters, white space taken off.
 */
export type TextEdit =
  | {
      readonly type: "Replace";
      readonly pattern: { readonly String: string } | RegExp;
      readonly content: string;
    }
  | { readonly type: "Prepend"; readonly prepend: string }
  | { readonly type: "Lowercase" }
  | { readonly type: "Strip"; readonly strip_left: boolean; readonly strip_right: boolean };

/** What is done to text before it is cut into pieces: one thing, or several in order. */
export type Normalizer = NormalizationForm | TextEdit | readonly (NormalizationForm | TextEdit)[];

/** The text after all of these steps, in order. */
export function normalize(text: string, normalizer: Normalizer | null): string {
  if (normalizer === null) return text;
  if (typeof normalizer === "string") return text.normalize(normalizer);
  return stepsOf(normalizer).reduce<string>(
    (done, step) => (typeof step === "string" ? done.normalize(step) : edit(done, step)),
    text,
  );
}

function edit(text: string, step: TextEdit): string {
  if (step.type === "Prepend") return text && step.prepend + text;
  // Each character by itself: no small letter of another form at the end of a word.
  if (step.type === "Lowercase") return text.replaceAll("Σ", "σ").toLowerCase();
  if (step.type === "Strip") {
    const start = step.strip_left ? text.replace(/^\p{White_Space}+/u, "") : text;
    // Looking behind keeps this linear.
    return step.strip_right ? start.replace(/(?<!\p{White_Space})\p{White_Space}+$/u, "") : start;
  }
  const { pattern, content } = step;
  if (!(pattern instanceof RegExp)) return text.replaceAll(pattern.String, () => content);
  let edited = "";
  let end = -1;
  for (const { match, index } of matchesIn(text, inCodePoints(pattern))) {
    // Oniguruma finds nothing right behind what it has found.
    if (match === "" && index === end) continue;
    edited += text.slice(Math.max(0, end), index) + content;
    end = index + match.length;
  }
  return edited + text.slice(Math.max(0, end));
}

/** The steps as a list. */
export function stepsOf(normalizer: Normalizer | null): readonly (NormalizationForm | TextEdit)[] {
  return normalizer === null ? [] : ([normalizer].flat() as (NormalizationForm | TextEdit)[]);
}

/** Whether more is done to text than to write its characters in one form. */
export function hasEdits(normalizer: Normalizer | null): boolean {
  return stepsOf(normalizer).some((step) => typeof step !== "string");
}

/** Qwen 2 composes characters before it cuts text; in files without a normaliser only the pattern tells it from others. */
export function defaultNormalizer(pattern: Pattern): Normalizer | null {
  return pattern === "qwen2" ? "NFC" : null;
}
