// Methods of strings that take parts of them.
import { TemplateError } from "../../errors.js";
import { type Builtin, builtin, intOf, textOf } from "../signature.js";
import { Text } from "../text.js";
import { isNothing, Tuple, type Value } from "../values.js";
import { BLANK, isBlank, LINE_BREAKS } from "./blanks.js";

/** Without the characters at its ends that are among `chars`; blanks where that is null. */
export function strip(text: Text, chars: Text | null, sides: "left" | "right" | "both"): Text {
  const among = chars && new Set(Array.from(chars.text));
  const goes = (char: string) => (among ? among.has(char) : isBlank(char));
  const source = text.text;
  let start = 0;
  let end = source.length;
  if (sides !== "right") {
    while (start < end) {
      const char = String.fromCodePoint(source.codePointAt(start)!);
      if (!goes(char)) break;
      start += char.length;
    }
  }
  if (sides !== "left") {
    while (end > start) {
      const pair = end - start > 1 && source.codePointAt(end - 2)! > 0xffff ? 2 : 1;
      if (!goes(source.slice(end - pair, end))) break;
      end -= pair;
    }
  }
  return text.slice(start, end);
}

const LINE_END = new RegExp(`\r\n|[${LINE_BREAKS}]`, "g");

/** The lines, without or with what ends them. */
export function splitLines(text: Text, keepEnds: boolean): Text[] {
  const lines: Text[] = [];
  let done = 0;
  for (const { index, 0: end } of text.text.matchAll(LINE_END)) {
    lines.push(text.slice(done, keepEnds ? index + end.length : index));
    done = index + end.length;
  }
  if (done < text.text.length) lines.push(text.slice(done));
  return lines;
}

/** Where the separators stand, from the left or from the right, no more than `most` of them (UTF-16 units). */
function separators(source: string, separator: string, most: number, fromRight: boolean): number[] {
  const found: number[] = [];
  if (fromRight) {
    let at = source.lastIndexOf(separator);
    while (at >= 0 && found.length < most) {
      found.push(at);
      at = at < separator.length ? -1 : source.lastIndexOf(separator, at - separator.length);
    }
    return found.reverse();
  }
  let at = source.indexOf(separator);
  while (at >= 0 && found.length < most) {
    found.push(at);
    at = source.indexOf(separator, at + separator.length);
  }
  return found;
}

export function split(text: Text, separator: Text | null, most: number, fromRight: boolean): Text[] {
  const limit = most < 0 ? Number.POSITIVE_INFINITY : most;
  if (separator === null) return splitAtBlanks(text, limit, fromRight);
  if (separator.text === "") throw new TemplateError("empty separator");
  const width = separator.text.length;
  const borders = separators(text.text, separator.text, limit, fromRight).flatMap((at) => [at, at + width]);
  return text.cut(borders).filter((_, i) => i % 2 === 0);
}

function splitAtBlanks(text: Text, most: number, fromRight: boolean): Text[] {
  const inner = strip(text, null, "both");
  if (inner.text === "") return [];
  const runs = Array.from(inner.text.matchAll(new RegExp(`[${BLANK}]+`, "g")), ({ index, 0: run }) => ({
    start: index,
    end: index + run.length,
  }));
  const used = fromRight ? runs.slice(Math.max(0, runs.length - most)) : runs.slice(0, most);
  const parts = inner.cut(used.flatMap(({ start, end }) => [start, end])).filter((_, i) => i % 2 === 0);
  // Where the limit was reached, blanks at the far end stay.
  if (most > runs.length) return parts;
  if (fromRight) {
    const cut = used.length > 0 ? parts.slice(1) : [];
    const end = used[0]?.start ?? inner.text.length;
    const from = strip(text, null, "right");
    return [from.slice(0, from.text.length - inner.text.length + end), ...cut];
  }
  const from = strip(text, null, "left");
  return [...parts.slice(0, -1), from.slice(used.at(-1)?.end ?? 0)];
}

function partition(text: Text, separator: Text, fromRight: boolean): Value {
  if (separator.text === "") throw new TemplateError("empty separator");
  const source = text.text;
  const at = fromRight ? source.lastIndexOf(separator.text) : source.indexOf(separator.text);
  if (at < 0) return new Tuple(fromRight ? [Text.empty, Text.empty, text] : [text, Text.empty, Text.empty]);
  return new Tuple(text.cut([at, at + separator.text.length]));
}

const stripping = (sides: "left" | "right" | "both") =>
  builtin<Text>("/ chars?", (_, text, chars) =>
    strip(text, isNothing(chars) ? null : textOf(chars, "strip arg"), sides),
  );

const splitting = (fromRight: boolean) =>
  builtin<Text>("sep? maxsplit?", (cx, text, separator, most) => {
    cx.work.spend(text.text.length);
    const at = isNothing(separator) ? null : textOf(separator, "separator");
    return split(text, at, intOf(most, -1), fromRight);
  });

export const CUTTING: Readonly<Record<string, Builtin<Text>>> = {
  strip: stripping("both"),
  lstrip: stripping("left"),
  rstrip: stripping("right"),
  split: splitting(false),
  rsplit: splitting(true),
  splitlines: builtin("keepends?", (cx, text, keepEnds) => {
    cx.work.spend(text.text.length);
    return splitLines(text, intOf(keepEnds, 0) !== 0);
  }),
  partition: builtin("/ sep", (_, text, separator) => partition(text, textOf(separator), false)),
  rpartition: builtin("/ sep", (_, text, separator) => partition(text, textOf(separator), true)),
  removeprefix: builtin("/ prefix", (_, text, prefix) => {
    const { text: start } = textOf(prefix);
    return text.text.startsWith(start) ? text.slice(start.length) : text;
  }),
  removesuffix: builtin("/ suffix", (_, text, suffix) => {
    const { text: end } = textOf(suffix);
    return text.text.endsWith(end) ? text.slice(0, text.text.length - end.length) : text;
  }),
};
