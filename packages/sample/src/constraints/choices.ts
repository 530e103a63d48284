import type { Constraint } from "../constraint.js";
import { ConstraintError } from "./errors.js";
import { Grammar } from "./grammar.js";
import { EMPTY } from "./term.js";

/** Constrains a text to be one of these. @throws ConstraintError where there are none, or one is no well-formed text */
export function choices(texts: readonly string[]): Constraint {
  if (!Array.isArray(texts) || texts.length === 0) {
    throw new ConstraintError("choices takes a list of at least one text");
  }
  const encoder = new TextEncoder();
  const entries = Array.from(new Set(texts), (text) => {
    if (typeof text !== "string" || /\p{Surrogate}/u.test(text)) {
      throw new ConstraintError(`choices has ${JSON.stringify(text)}, which is no well-formed text`);
    }
    return [encoder.encode(text), EMPTY] as const;
  });
  return new Grammar("the choices", (terms) => terms.trie(entries));
}
