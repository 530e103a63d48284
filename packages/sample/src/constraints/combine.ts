import type { Constraint } from "../constraint.js";
import { ConstraintError } from "./errors.js";
import { Grammar } from "./grammar.js";
import type { Term } from "./term.js";
import type { Terms } from "./terms.js";

/** Constrains a text to be these parts one after the other, such as a tag, JSON and a tag. Strings stand for themselves. */
export function sequence(...parts: readonly (string | Constraint)[]): Constraint {
  const builds = parts.map((part, i) => buildOf(`part ${i} of sequence`, part));
  return new Grammar("the sequence", (terms) => terms.sequence(...builds.map((build) => build(terms))));
}

/** Constrains a text to be what one of these constraints wants. Strings stand for themselves. */
export function either(...parts: readonly (string | Constraint)[]): Constraint {
  const builds = parts.map((part, i) => buildOf(`part ${i} of either`, part));
  return new Grammar("any of the parts", (terms) => terms.either(builds.map((build) => build(terms))));
}

function buildOf(what: string, part: unknown): (terms: Terms) => Term {
  if (part instanceof Grammar) return part.build;
  if (typeof part !== "string" || /\p{Surrogate}/u.test(part)) {
    throw new ConstraintError(`${what} is neither a well-formed text nor a constraint of this module`);
  }
  const bytes = new TextEncoder().encode(part);
  return (terms) => terms.literal(bytes);
}
