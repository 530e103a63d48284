import { TokenizerFormatError } from "./errors.js";
import type { Pattern } from "./patterns.js";

/** A Unicode normalisation form, as `String.prototype.normalize` knows them. */
export type NormalizationForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/** What is done to text before it is cut into pieces: one form, or several in order. */
export type Normalizer = NormalizationForm | readonly NormalizationForm[];

const FORMS: readonly string[] = ["NFC", "NFD", "NFKC", "NFKD"];

/** The text in these forms, one after the other. */
export function normalize(text: string, normalizer: Normalizer | null): string {
  if (normalizer === null) return text;
  if (typeof normalizer === "string") return text.normalize(normalizer);
  return normalizer.reduce<string>((done, form) => done.normalize(form), text);
}

/** Qwen 2 composes characters before it cuts text; in files without a normaliser only the pattern tells it from others. */
export function defaultNormalizer(pattern: Pattern): Normalizer | null {
  return pattern === "qwen2" ? "NFC" : null;
}

/** The normaliser of a tokenizer.json. @throws TokenizerFormatError */
export function readNormalizer(value: unknown): Normalizer | null {
  const forms = readForms(value ?? { type: "Sequence", normalizers: [] });
  return forms.length === 0 ? null : forms.length === 1 ? forms[0]! : forms;
}

/** The same as a tokenizer.json has it. */
export function writeNormalizer(normalizer: Normalizer | null): object | null {
  if (normalizer === null) return null;
  if (typeof normalizer === "string") return { type: normalizer };
  return { type: "Sequence", normalizers: normalizer.map((type) => ({ type })) };
}

function readForms(value: unknown): NormalizationForm[] {
  const { type, normalizers } = Object(value) as Record<string, unknown>;
  if (FORMS.includes(String(type))) return [type as NormalizationForm];
  if (type === "Sequence" && Array.isArray(normalizers)) return normalizers.flatMap(readForms);
  throw new TokenizerFormatError(
    `The normalizer is ${JSON.stringify(type ?? value)}: only NFC, NFD, NFKC, NFKD, sequences of them and none can be read.`,
  );
}
