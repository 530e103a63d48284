import { within } from "../counts.js";
import { automatic, characterDfa, living } from "../determinise.js";
import { expressionTerm, isAnchored, lengthsOf, MAX_PLACES, placesOf } from "../expression.js";
import type { Expression } from "../expression-parser.js";
import type { JsonText } from "../json-text.js";
import { NOTHING, type Term } from "../term.js";

const ENDLESS = Number.POSITIVE_INFINITY;

/** The texts between quotation marks in which all expressions are found, and that have so many characters. */
export function contentTerm(
  json: JsonText,
  expressions: readonly Expression[],
  minLength: number,
  maxLength: number,
): Term {
  const { terms, spelling } = json;
  const all = expressions.map((expression) => expressionTerm(terms, expression, spelling, true));
  const hasLength = expressions.some((expression) => {
    const [min, max] = lengthsOf(expression);
    return isAnchored(expression) && min >= minLength && max <= maxLength;
  });
  if (hasLength || (minLength === 0 && maxLength === ENDLESS)) {
    const isLarge = expressions.some((expression) => placesOf(expression) > MAX_PLACES);
    const both = terms.both(all.length > 0 ? all : [spelling.anything]);
    if (isLarge) return automatic(terms, both);
    if (both.kind === "counted") return both;
    return terms.work.tried(() => automatic(terms, both)) ?? living(terms, both);
  }
  const [only] = all;
  if (all.length === 1 && only?.kind === "counted") {
    return terms.counted(only.characters, only.state, within(only.counts, minLength, maxLength));
  }
  const characters = characterDfa(terms, all, spelling.anything);
  if (!characters) return NOTHING;
  const counts = [minLength, maxLength];
  characters.check(counts);
  return terms.counted(characters, characters.dfa.start, counts);
}
