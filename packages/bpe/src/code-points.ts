import { OptionsError } from "./errors.js";

/** @internal */
export const failing = (message: string): Error => new OptionsError(message);

/**
 * The expression as text is cut by it: with the flag `u` where it has neither `u` nor `v`, as no piece may end inside of a
 * character beyond U+FFFF.
 *
 * @throws OptionsError where it means nothing with that flag
 */
export function inCodePoints(expression: RegExp, fail = failing): RegExp {
  const flags = expression.flags.replace(/[dgy]/g, "");
  try {
    return new RegExp(expression.source, `${flags}${/[uv]/.test(flags) ? "" : "u"}g`);
  } catch (cause) {
    throw fail(
      `pattern is ${expression}: it has to be valid with the flag u, as text is cut between whole characters ` +
        `(${(cause as Error).message}). Write it so that it is.`,
    );
  }
}

/** The matches of an expression, without those of nothing inside of a character, which V8 finds too. */
export function* matchesIn(text: string, expression: RegExp): Generator<{ match: string; index: number }> {
  for (const { 0: match, index } of text.matchAll(expression)) {
    if (match === "" && index > 0 && text.codePointAt(index - 1)! > 0xffff) continue;
    yield { match, index };
  }
}
