import { trim } from "../text/python.js";

/** What datatrove 0.10 takes for punctuation here; a list of its own, neither Unicode's nor ASCII's. */
const punctuation =
  /[!/—”:％１〈&(、━\\【#%「」，】；+^\]~“《„';’{|∶´[=\-`*．（–？！：$～«〉,><》)?）。…@_."}►»]|(?![\t\n])\p{Cc}/gu;
const numbers = /\p{Nd}+(?:[.,،٫⎖⎗⎘]\p{Nd}+)?/gu;
const spaces = /[\t\n \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/**
 * A text as near-duplicates are compared (preset `datatrove010`): lower case, numbers as `0`, punctuation and runs of
 * whitespace as one space, no diacritics.
 */
export function simplify(text: string): string {
  const plain = text.toLowerCase().replace(numbers, "0").replace(punctuation, " ");
  return trim(
    trim(plain)
      .replace(spaces, " ")
      .normalize("NFD")
      .replace(/\p{Mn}/gu, ""),
  );
}
