// Methods of strings that look for others in them.
import { TemplateError } from "../../errors.js";
import type { Work } from "../context.js";
import { escapeHtml } from "../html.js";
import { itemsOf } from "../sequences.js";
import { type Builtin, builtin, intOf, textOf } from "../signature.js";
import { Text } from "../text.js";
import { Tuple, typeOf, type Value } from "../values.js";

/** A slice's start and end as UTF-16 units; undefined where the start is behind the end of the text. */
function range(text: Text, start: Value | undefined, end: Value | undefined): [number, number] | undefined {
  const clamp = (value: number) => Math.max(0, value < 0 ? value + text.length : value);
  const from = clamp(intOf(start, 0, true));
  const to = Math.min(text.length, clamp(intOf(end, text.length, true)));
  return from > to ? undefined : [text.unitAt(from), text.unitAt(to)];
}

/** The character's place, or -1. */
function find(
  text: Text,
  sought: Value | undefined,
  start: Value | undefined,
  end: Value | undefined,
  last: boolean,
): number {
  const { text: needle } = textOf(sought);
  const within = range(text, start, end);
  if (!within) return -1;
  const part = text.text.slice(...within);
  const at = last ? part.lastIndexOf(needle) : part.indexOf(needle);
  return at < 0 ? -1 : text.characterAt(within[0] + at);
}

const finding = (last: boolean, strict: boolean) =>
  builtin<Text>("/ sub start? end?", (cx, text, sought, start, end) => {
    cx.work.spend(text.text.length >> 3);
    const at = find(text, sought, start, end, last);
    if (strict && at < 0) throw new TemplateError("substring not found");
    return BigInt(at);
  });

const touching = (where: "startsWith" | "endsWith") =>
  builtin<Text>("/ affix start? end?", (_, text, affix, start, end) => {
    const within = range(text, start, end);
    if (!(affix instanceof Text || affix instanceof Tuple)) {
      throw new TemplateError(
        `${where.toLowerCase()} first arg must be str or a tuple of str, not ${typeOf(affix!)}`,
      );
    }
    const affixes = affix instanceof Tuple ? affix.items : [affix];
    return affixes.some((each) => {
      const { text: sought } = textOf(each);
      return within !== undefined && text.text.slice(...within)[where](sought);
    });
  });

/** All or the first `most` places of `old` become `by`. */
export function replace(work: Work, text: Text, old: Text, by: Text, most = -1): Text {
  work.spend(text.text.length);
  const limit = most < 0 ? Number.POSITIVE_INFINITY : most;
  const parts: Text[] = [];
  if (old.text === "") {
    const characters = text.characters();
    const count = Math.min(limit, characters.length + 1);
    work.make(count * by.text.length);
    characters.forEach((char, i) => {
      if (i < count) parts.push(by);
      parts.push(char);
    });
    if (characters.length < count) parts.push(by);
    return Text.concat(parts);
  }
  const borders: number[] = [];
  for (let at = text.text.indexOf(old.text); at >= 0 && borders.length / 2 < limit; ) {
    borders.push(at, at + old.text.length);
    at = text.text.indexOf(old.text, at + old.text.length);
  }
  if (borders.length === 0) return text.marked(false);
  work.make((borders.length / 2) * by.text.length);
  return Text.concat(text.cut(borders).map((part, i) => (i % 2 === 1 ? by : part)));
}

/** Python's `separator.join(items)`; only strings can be joined. */
export function join(work: Work, separator: Text, items: Iterable<Value>): Text {
  const parts: Text[] = [];
  let i = 0;
  for (const item of items) {
    if (!(item instanceof Text)) {
      throw new TemplateError(`sequence item ${i}: expected str instance, ${typeOf(item)} found`);
    }
    if (i++ > 0) parts.push(separator);
    parts.push(separator.markup ? escapeHtml(item) : item);
    work.make(item.text.length + separator.text.length);
  }
  return Text.concat(parts);
}

export const SEARCHING: Readonly<Record<string, Builtin<Text>>> = {
  find: finding(false, false),
  rfind: finding(true, false),
  index: finding(false, true),
  rindex: finding(true, true),
  startswith: touching("startsWith"),
  endswith: touching("endsWith"),
  count: builtin("/ sub start? end?", (cx, text, sought, start, end) => {
    cx.work.spend(text.text.length);
    const within = range(text, start, end);
    if (!within) return 0n;
    const { text: needle } = textOf(sought);
    const part = text.text.slice(...within);
    if (needle === "") return BigInt(text.characterAt(within[1]) - text.characterAt(within[0]) + 1);
    return BigInt(part.split(needle).length - 1);
  }),
  replace: builtin("/ old new count?", (cx, text, old, by, most) =>
    replace(
      cx.work,
      text,
      textOf(old, "replace() argument 1"),
      textOf(by, "replace() argument 2"),
      intOf(most, -1),
    ),
  ),
  join: builtin("/ iterable", (cx, text, items) => join(cx.work, text, itemsOf(items!))),
};
