// Lines of a limited width, broken where Python's textwrap breaks them.
import { TemplateError } from "../../errors.js";
import { print } from "../print.js";
import { type Builtin, builtin, intOf, textOf } from "../signature.js";
import { splitLines } from "../strings/cut.js";
import { Text } from "../text.js";
import { isNothing, isTrue } from "../values.js";

interface Wrapping {
  width: number;
  breakLongWords: boolean;
  breakOnHyphens: boolean;
}

/** In textwrap only these are blanks. */
const isBlank = (char: string | undefined) => char !== undefined && "\t\n\v\f\r ".includes(char);
const isWord = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}_]/u.test(char);
const isLetter = (char: string | undefined) => isWord(char) && !/\p{Nd}/u.test(char!);
const endsWord = (char: string | undefined) =>
  isWord(char) || (char !== undefined && "!\"'&.,?".includes(char));

/** A line's characters in chunks that are not broken: blanks, words, parts of words with hyphens, long dashes. */
function* chunksOf(line: readonly Text[], hyphens: boolean): Generator<Text[]> {
  const at = (index: number) => line[index]?.text;
  let dashes = { from: 0, to: 0 };
  /** The end of two or more hyphens in front of a word; undefined where there is no such dash. */
  const longDash = (start: number) => {
    if (!hyphens || at(start) !== "-" || !endsWord(at(start - 1))) return undefined;
    if (start >= dashes.to) {
      let to = start;
      while (at(to) === "-") to++;
      dashes = { from: start, to };
    }
    return dashes.to - start >= 2 && isWord(at(dashes.to)) ? dashes.to : undefined;
  };
  const afterHyphen = (index: number) =>
    hyphens &&
    at(index) === "-" &&
    isLetter(at(index - 1)) &&
    (isLetter(at(index - 2)) || (at(index - 2) === "-" && isLetter(at(index - 3)))) &&
    isLetter(at(index + 1)) &&
    (isLetter(at(index + 2)) || (at(index + 2) === "-" && isLetter(at(index + 3))));
  for (let start = 0; start < line.length; ) {
    let end = longDash(start) ?? start;
    if (end === start) {
      const blank = isBlank(at(start));
      end++;
      if (blank) while (isBlank(at(end))) end++;
      else {
        while (end < line.length && !isBlank(at(end)) && longDash(end) === undefined) {
          if (afterHyphen(end++)) break;
        }
      }
    }
    yield line.slice(start, end);
    start = end;
  }
}

function wrap(line: Text, { width, breakLongWords, breakOnHyphens }: Wrapping): Text[] {
  const chunks = [...chunksOf(line.characters(), breakOnHyphens)].reverse();
  const isSpace = (chunk: readonly Text[] | undefined) =>
    chunk?.every(({ text }) => /\s/.test(text)) ?? false;
  const lines: Text[] = [];
  while (chunks.length > 0) {
    const current: Text[][] = [];
    let length = 0;
    if (lines.length > 0 && isSpace(chunks.at(-1))) chunks.pop();
    while (chunks.length > 0 && length + chunks.at(-1)!.length <= width) {
      const chunk = chunks.pop()!;
      current.push(chunk);
      length += chunk.length;
    }
    const next = chunks.at(-1);
    if (next && next.length > width) {
      if (breakLongWords) {
        const end = breakOnHyphens ? lastHyphen(next, width - length) : width - length;
        current.push(next.slice(0, end));
        chunks[chunks.length - 1] = next.slice(end);
      } else if (current.length === 0) current.push(chunks.pop()!);
    }
    if (isSpace(current.at(-1))) current.pop();
    if (current.length > 0) lines.push(Text.concat(current.flat()));
  }
  return lines;
}

/** Behind the last hyphen that fits, unless there are only hyphens before it; otherwise all that fits. */
function lastHyphen(chunk: readonly Text[], room: number): number {
  let hyphen = room - 1;
  while (hyphen > 0 && chunk[hyphen]?.text !== "-") hyphen--;
  return hyphen > 0 && chunk.slice(0, hyphen).some(({ text }) => text !== "-") ? hyphen + 1 : room;
}

export const wordWrap: Builtin = builtin(
  "width? break_long_words? wrapstring? break_on_hyphens?",
  (cx, value, width, breakLong, by, breakHyphens) => {
    const text = textOf(value, "what wordwrap takes");
    cx.work.list(text.length);
    const wrapping = {
      width: intOf(width, 79),
      breakLongWords: isTrue(breakLong ?? true),
      breakOnHyphens: isTrue(breakHyphens ?? true),
    };
    if (wrapping.width <= 0) throw new TemplateError(`invalid width ${wrapping.width} (must be > 0)`);
    const lineBreak = isNothing(by) ? Text.own("\n") : print(by);
    const lines = splitLines(text, false).flatMap((line) => {
      const parts = wrap(line, wrapping);
      // A line of blanks stays one.
      return parts.length > 0 ? parts : [Text.empty];
    });
    cx.work.make(lines.length * lineBreak.text.length);
    return Text.concat(lines.flatMap((line, i) => (i > 0 ? [lineBreak, line] : [line])));
  },
);
