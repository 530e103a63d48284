import { TokenizerFormatError } from "./errors.js";
import type { Pattern } from "./patterns.js";

/** A Unicode normalisation form, as `String.prototype.normalize` knows them. */
export type NormalizationForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/** What a tokenizer.json of SentencePiece's kind does to text: a text replaced everywhere, or put in front of any text. */
export type TextEdit =
  | { readonly type: "Replace"; readonly pattern: { readonly String: string }; readonly content: string }
  | { readonly type: "Prepend"; readonly prepend: string };

/** What is done to text before it is cut into pieces: one thing, or several in order. */
export type Normalizer = NormalizationForm | TextEdit | readonly (NormalizationForm | TextEdit)[];

const FORMS: readonly unknown[] = ["NFC", "NFD", "NFKC", "NFKD"];

/** The text after all of these steps, in order. */
export function normalize(text: string, normalizer: Normalizer | null): string {
  if (normalizer === null) return text;
  if (typeof normalizer === "string") return text.normalize(normalizer);
  return stepsOf(normalizer).reduce<string>((done, step) => {
    if (typeof step === "string") return done.normalize(step);
    if (step.type === "Prepend") return done && step.prepend + done;
    return done.replaceAll(step.pattern.String, () => step.content);
  }, text);
}

/** The steps as a list. */
export function stepsOf(normalizer: Normalizer | null): readonly (NormalizationForm | TextEdit)[] {
  return normalizer === null ? [] : ([normalizer].flat() as (NormalizationForm | TextEdit)[]);
}

/** Qwen 2 composes characters before it cuts text; in files without a normaliser only the pattern tells it from others. */
export function defaultNormalizer(pattern: Pattern): Normalizer | null {
  return pattern === "qwen2" ? "NFC" : null;
}

/** The normaliser of a tokenizer.json. @throws TokenizerFormatError */
export function readNormalizer(value: unknown): Normalizer | null {
  const steps = readSteps(value ?? { type: "Sequence", normalizers: [] });
  return steps.length === 0 ? null : steps.length === 1 ? steps[0]! : steps;
}

/** The same as a tokenizer.json has it. */
export function writeNormalizer(normalizer: Normalizer | null): object | null {
  const steps = stepsOf(normalizer).map((step) => (typeof step === "string" ? { type: step } : step));
  return steps.length > 1 ? { type: "Sequence", normalizers: steps } : (steps[0] ?? null);
}

function readSteps(value: unknown): (NormalizationForm | TextEdit)[] {
  const { type, normalizers, pattern, content, prepend } = Object(value) as Record<string, unknown>;
  if (FORMS.includes(type)) return [type as NormalizationForm];
  if (type === "Sequence" && Array.isArray(normalizers)) return normalizers.flatMap(readSteps);
  const literal = (Object(pattern) as Record<string, unknown>)["String"];
  if (type === "Replace" && typeof literal === "string" && literal !== "" && typeof content === "string") {
    return [{ type, pattern: { String: literal }, content }];
  }
  if (type === "Prepend" && typeof prepend === "string") return [{ type, prepend }];
  throw new TokenizerFormatError(
    `The normalizer is ${JSON.stringify(type ?? value)}: only NFC, NFD, NFKC, NFKD, Replace of a text, Prepend and sequences can be read.`,
  );
}
