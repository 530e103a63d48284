import { TokenizerFormatError } from "./errors.js";
import { asNormalizer, stepsIn } from "./hf-steps.js";
import type { Json } from "./json.js";
import type { NormalizationForm, Normalizer, TextEdit } from "./normalizer.js";
import { readOniguruma } from "./pattern-expression.js";

/** The normaliser of a tokenizer.json. @throws TokenizerFormatError */
export function readNormalizer(file: Json): Normalizer | null {
  return asNormalizer(stepsIn(file, "normalizer").map(readStep));
}

function readStep(step: Json): NormalizationForm | TextEdit {
  const { type, pattern, content, prepend, strip_left, strip_right } = step;
  const { String: literal, Regex } = Object(pattern) as Json;
  if (type === "Replace" && typeof content === "string") {
    if (typeof literal === "string" && literal !== "") return { type, pattern: { String: literal }, content };
    if (typeof Regex === "string") return { type, pattern: readOniguruma(Regex), content };
  }
  if (type === "Prepend" && typeof prepend === "string") return { type, prepend };
  if (type === "Lowercase") return { type };
  if (type === "Strip") return { type, strip_left: strip_left === true, strip_right: strip_right === true };
  if (/^NF/.test(String(type))) return type as NormalizationForm;
  throw new TokenizerFormatError(
    `The normalizer has ${JSON.stringify(step)}, which cannot be read: leave it out.`,
  );
}
