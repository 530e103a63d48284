/**
 * What Python means by whitespace, lines and length. The recipe's thresholds were set on these, and JavaScript's differ:
 * its `trim` also takes U+FEFF but not U+001C..U+001F and U+0085, and its lengths count UTF-16 units.
 */

/** In a class of a regular expression. */
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACES = new RegExp(`[${SPACE}]+`);
const LEADING = new RegExp(`^[${SPACE}]+`);
const TRAILING = new RegExp(`[${SPACE}]$`);
const LINE_END = "\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029";
const LINE_ENDS = new RegExp(`\\r\\n|[${LINE_END}]`);

/** Python's `str.isspace` for one UTF-16 unit; no whitespace lies beyond the first plane. */
export function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 32 || (unit >= 9 && unit <= 13) || (unit >= 28 && unit <= 31);
  return (
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

/** Python's `str.lstrip`. */
export function trimStart(text: string): string {
  return text.replace(LEADING, "");
}

/** Python's `str.rstrip`. */
export function trimEnd(text: string): string {
  if (!TRAILING.test(text)) return text;
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Python's `str.strip`. */
export function trim(text: string): string {
  return trimEnd(trimStart(text));
}

/** Python's `str.split()`. */
export function splitSpace(text: string): string[] {
  const stripped = trim(text);
  return stripped === "" ? [] : stripped.split(SPACES);
}

/** Python's `str.splitlines()`: no last empty line after a final line end. */
export function splitLines(text: string): string[] {
  const lines = text.split(LINE_ENDS);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The number of code points. */
export function length(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) if (isLeading(text, i)) count--;
  return count;
}

/** Whether a surrogate pair starts at `i`. */
function isLeading(text: string, i: number): boolean {
  return (text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
}

/** How often `part` occurs in `text`, without overlaps. */
export function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}
