import type { Constraint } from "../constraint.js";
import { ConstraintError } from "./errors.js";
import { parseExpression } from "./expression-parser.js";
import { Grammar } from "./grammar.js";
import { languageTerm } from "./language.js";
import { Spelling } from "./spelling.js";

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
  return new Grammar(`/${source}/`, (terms) => languageTerm(new Spelling(terms), { expressions: [parsed] }));
}
