import type { Constraint } from "../constraint.js";
import { ALL, utf8 } from "./code-points.js";
import { automatic, living } from "./determinise.js";
import { ConstraintError } from "./errors.js";
import { expressionTerm, MAX_PLACES, placesOf } from "./expression.js";
import { parseExpression } from "./expression-parser.js";
import { Grammar } from "./grammar.js";
import type { Term } from "./term.js";

/**
 * Constrains a text to match an expression as a whole: JavaScript's, without backreferences, word boundaries and lookbehind, and
 * with lookahead outside of groups only. Of a RegExp the flags "s" and "u" count.
 *
 * @throws ConstraintError for an expression of another kind, or one that needs too many states
 */
export function regex(expression: string | RegExp): Constraint {
  const { source, flags } = typeof expression === "string" ? { source: expression, flags: "" } : expression;
  const strange = /[^dgsuy]/.exec(flags)?.[0];
  if (strange)
    throw new ConstraintError(`/${source}/${flags} has the flag "${strange}": s and u are supported`);
  const parsed = parseExpression(source, flags.includes("s"));
  return new Grammar(`/${source}/`, (terms) => {
    const characters = (set: Parameters<typeof utf8>[1]): Term => utf8(terms, set);
    const anything = terms.repeat(characters(ALL), 0, Number.POSITIVE_INFINITY);
    const term = expressionTerm(terms, parsed, { characters, anything }, false);
    if (placesOf(parsed) > MAX_PLACES) return automatic(terms, term);
    return terms.work.tried(() => automatic(terms, term)) ?? living(terms, term);
  });
}
