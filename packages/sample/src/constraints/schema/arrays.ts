import type { JsonText } from "../json-text.js";
import { NOTHING, type Term } from "../term.js";

/** Arrays of these first items and any number of others, from `min` to `max` in all. */
export function arrayTerm(
  json: JsonText,
  prefix: readonly Term[],
  item: Term,
  min: number,
  max: number,
): Term {
  const { terms, blanks } = json;
  if (min > max) return NOTHING;
  const end = json.token("]");
  const comma = terms.chain(json.token(","), blanks);
  const others = (from: number) =>
    terms.repeat(terms.sequence(blanks, comma, item), Math.max(0, min - from), max - from);
  // What follows the first item, from the last one on.
  const count = Math.max(1, Math.min(prefix.length, max));
  let after = max === 0 ? NOTHING : terms.sequence(others(count), blanks, end);
  for (let i = count - 1; i >= 1; i--) {
    const next = terms.sequence(comma, prefix[i]!, after);
    after = terms.chain(blanks, terms.either([min <= i ? end : NOTHING, next]));
  }
  const some = terms.chain(prefix[0] ?? item, after);
  return terms.sequence(json.token("["), blanks, terms.either([min === 0 ? end : NOTHING, some]));
}
