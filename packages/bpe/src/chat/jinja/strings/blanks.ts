/** What Python takes for white space in strings, as the inside of a class in a regular expression. */
export const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

/** What ends a line, in the same form. */
export const LINE_BREAKS = "\\n\\v\\f\\r\\x1c-\\x1e\\x85\\u2028\\u2029";

const blank = new RegExp(`[${BLANK}]`);

export function isBlank(character: string): boolean {
  return blank.test(character);
}
