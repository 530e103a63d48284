import { splitSpace, trim } from "../text/python.js";

/** What datatrove 0.10 takes for punctuation here; a list of its own, neither Unicode's nor ASCII's. */
const punctuation =
  /[!/—”:％１〈&(、━\\【#%「」，】；+^\]~“《„';’{|∶´[=\-`*．（–？！：$～«〉,><》)?）。…@_."}►»]|(?![\t\n])\p{Cc}/gu;
const numbers = /\p{Nd}+(?:[.,،٫⎖⎗⎘]\p{Nd}+)?/gu;
const spaces = /[\t\n \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/**
 * How a text is simplified, in lower case and without diacritics either way:
 * - `"datatrove010"`: numbers with their decimals become `0`, punctuation and runs of whitespace one space.
 * - `"fineweb2024"`, as the FineWeb release was made: punctuation is deleted, so that it may join words, and runs of digits become `0`.
 */
export type Normalization = "datatrove010" | "fineweb2024";

/** A text as near-duplicates are compared. */
export function simplify(text: string, normalization: Normalization = "datatrove010"): string {
  if (normalization === "fineweb2024") {
    const plain = splitSpace(text.toLowerCase()).join(" ").replace(punctuation, "");
    return trim(withoutMarks(plain).replace(/\p{Nd}+/gu, "0"));
  }
  const plain = text.toLowerCase().replace(numbers, "0").replace(punctuation, " ");
  return trim(withoutMarks(trim(plain).replace(spaces, " ")));
}

function withoutMarks(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "");
}
