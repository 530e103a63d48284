// Filters that write text.
import { TemplateError } from "../../errors.js";
import { sorted } from "../compare.js";
import { escapeHtml } from "../html.js";
import { writeJson } from "../json.js";
import { print, represent } from "../print.js";
import { itemsOf, lengthOf } from "../sequences.js";
import { type Builtin, builtin, intOf, textOf } from "../signature.js";
import { capitalize, lower, upper } from "../strings/case.js";
import { split, splitLines, strip } from "../strings/cut.js";
import { center } from "../strings/pad.js";
import { replace } from "../strings/search.js";
import { Text } from "../text.js";
import { Dict, isNothing, isTrue, None, Tuple, typeOf, Undefined, type Value } from "../values.js";
import { stripTags } from "./html-text.js";
import { wordWrap } from "./wordwrap.js";

const NEW_LINE = Text.own("\n");

function jsonIndent(indent: Value | undefined): Text | null {
  if (isNothing(indent)) return null;
  if (indent instanceof Text) return indent;
  return Text.own(" ".repeat(Math.min(1000, Math.max(0, intOf(indent, 0)))));
}

const toJson = builtin(
  "ensure_ascii? indent? separators? sort_keys?",
  (cx, value, ascii, indent, separators, sortKeys) => {
    let [itemSeparator, keySeparator] = [Text.own(isNothing(indent) ? ", " : ","), Text.own(": ")];
    if (!isNothing(separators)) {
      const [item, key, ...more] = Array.from(itemsOf(separators));
      if (more.length > 0) throw new TemplateError("separators are two strings");
      [itemSeparator, keySeparator] = [textOf(item), textOf(key)];
    }
    const text = writeJson(value, {
      ascii: isTrue(ascii ?? false),
      indent: jsonIndent(indent),
      itemSeparator,
      keySeparator,
      sortKeys: isTrue(sortKeys ?? false),
    });
    cx.work.make(text.text.length);
    return text;
  },
);

const indent = builtin("width? first? blank?", (cx, value, width, first, blank) => {
  if (value instanceof Undefined) throw new TemplateError(value.reason);
  const text = textOf(value, "what indent takes");
  const by = width instanceof Text ? width : Text.own(" ".repeat(cx.work.make(Math.max(0, intOf(width, 4)))));
  const lines = splitLines(Text.concat([text, NEW_LINE]), false);
  const parts: Text[] = [];
  lines.forEach((line, i) => {
    cx.work.make(by.text.length);
    if (i > 0) parts.push(NEW_LINE);
    const filled = isTrue(blank ?? false) || line.text !== "";
    if (i === 0 ? isTrue(first ?? false) : filled) parts.push(by);
    parts.push(line);
  });
  return Text.concat(parts).marked(text.markup);
});

const truncate = builtin("length? killwords? end? leeway?", (_, value, length, killWords, end, leeway) => {
  const tail = end === undefined ? Text.own("...") : textOf(end);
  const most = intOf(length, 255);
  const slack = intOf(leeway, 5, true);
  if (most < tail.length) throw new TemplateError(`expected length >= ${tail.length}, got ${most}`);
  if (slack < 0) throw new TemplateError(`expected leeway >= 0, got ${slack}`);
  if (lengthOf(value) <= most + slack) return value;
  const text = textOf(value, "what truncate takes");
  const kept = text.slice(0, text.unitAt(most - tail.length));
  const whole = isTrue(killWords ?? false) ? kept : split(kept, Text.own(" "), 1, true)[0]!;
  return Text.concat([whole, text.markup ? escapeHtml(tail) : tail]).marked(text.markup);
});

/** Words start behind blanks, hyphens and opening brackets. */
function title(text: Text): Text {
  const borders = Array.from(text.text.matchAll(/[-\s({[<]+/g), ({ index, 0: gap }) => [
    index,
    index + gap.length,
  ]);
  return Text.concat(
    text.cut(borders.flat()).map((part, i) => {
      if (i % 2 === 1 || part.text === "") return part;
      const [head, tail] = part.cut([String.fromCodePoint(part.text.codePointAt(0)!).length]);
      return Text.concat([upper(head!), lower(tail!)]);
    }),
  );
}

function quoteUrl(value: Value, isQuery: boolean): Text {
  const quoted = print(value)
    .marked(false)
    .map((stretch) => {
      if (/\p{Surrogate}/u.test(stretch)) throw new TemplateError("half a character cannot be encoded");
      const encoded = encodeURIComponent(stretch);
      const strict = encoded.replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      );
      return isQuery ? strict.replaceAll("%20", "+") : strict.replaceAll("%2F", "/");
    });
  return quoted;
}

const urlEncode = builtin("", (_, value) => {
  const isPlain = value instanceof Text || typeof value !== "object" || value === None;
  if (isPlain) return quoteUrl(value, false);
  const pairs =
    value instanceof Dict ? value.entries() : Array.from(itemsOf(value), (item) => Array.from(itemsOf(item)));
  const parts = pairs.map(([key, item]) => {
    if (key === undefined || item === undefined)
      throw new TemplateError("urlencode takes pairs of a name and a value");
    return Text.concat([quoteUrl(key, true), Text.own("="), quoteUrl(item, true)]);
  });
  return Text.concat(parts.flatMap((part, i) => (i > 0 ? [Text.own("&"), part] : [part])));
});

const xmlAttributes = builtin("autospace?", (_, value, autospace) => {
  if (!(value instanceof Dict)) throw new TemplateError(`xmlattr takes a dict, not ${typeOf(value)}`);
  const parts: Text[] = [];
  for (const [key, item] of value.entries()) {
    if (item === None || item instanceof Undefined) continue;
    const name = textOf(key, "the name of an attribute");
    if (/[\s/>=]/.test(name.text))
      throw new TemplateError(`Invalid character in attribute name: '${name.text}'`);
    if (parts.length > 0 || isTrue(autospace ?? true)) parts.push(Text.own(" "));
    parts.push(escapeHtml(name), Text.own('="'), escapeHtml(print(item)), Text.own('"'));
  }
  return Text.concat(parts);
});

/** Python's pprint of what fits in a line. */
const prettyPrint = builtin("", (_, value) => {
  const sortedKeys = (item: Value): Value => {
    if (Array.isArray(item)) return item.map(sortedKeys);
    if (item instanceof Tuple) return new Tuple(item.items.map(sortedKeys));
    if (!(item instanceof Dict)) return item;
    return new Dict(
      sorted(item.entries(), ([key]) => key).map(([key, inner]) => [key, sortedKeys(inner)] as const),
    );
  };
  const text = represent(sortedKeys(value));
  if (text.length > 80) throw new TemplateError("pprint of more than a line is not supported");
  return text;
});

/** A filter of a value's text. */
const ofText = (signature: string, run: Builtin<Text>["run"]) =>
  builtin(signature, (cx, value, ...args) => {
    const text = print(value);
    cx.work.spend(text.text.length >> 3);
    return run(cx, text, ...args);
  });

const escaping = ofText("", (_, text) => escapeHtml(text));

export const TEXT_FILTERS: Readonly<Record<string, Builtin>> = {
  capitalize: ofText("", (_, text) => capitalize(text)),
  center: ofText("width?", (cx, text, width) => center(cx.work, text, intOf(width, 80))),
  e: escaping,
  escape: escaping,
  forceescape: ofText("", (_, text) => escapeHtml(text.marked(false))),
  indent,
  lower: ofText("", (_, text) => lower(text)),
  upper: ofText("", (_, text) => upper(text)),
  pprint: prettyPrint,
  replace: ofText("old new count?", (cx, text, old, by, most) =>
    replace(
      cx.work,
      text.marked(false),
      print(old!).marked(false),
      print(by!).marked(false),
      intOf(most, -1, true),
    ),
  ),
  safe: ofText("", (_, text) => text.marked(true)),
  string: ofText("", (_, text) => text),
  striptags: ofText("", (_, text) => stripTags(text)),
  title: ofText("", (_, text) => title(text)),
  tojson: toJson,
  trim: ofText("chars?", (_, text, chars) => strip(text, isNothing(chars) ? null : textOf(chars), "both")),
  truncate,
  urlencode: urlEncode,
  wordcount: ofText("", (_, { text }) => BigInt(text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)),
  wordwrap: wordWrap,
  xmlattr: xmlAttributes,
};
