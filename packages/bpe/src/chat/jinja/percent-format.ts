// Python's `format % arguments`.
import { TemplateError } from "../errors.js";
import type { Work } from "./context.js";
import { escapeHtml } from "./html.js";
import { floatDigits, intDigits, isNegative } from "./number-format.js";
import { print, represent } from "./print.js";
import { pad } from "./strings/pad.js";
import { Text } from "./text.js";
import { asInt, Dict, isNumber, Range, Tuple, typeOf, Undefined, type Value } from "./values.js";

const FIELD = /%(?:\(([^()]*)\))?([-+ #0]*)(\*|\d{1,9})?(?:\.(\*|\d{0,9}))?[hlL]?(.)?/gs;

export function formatPercent(work: Work, text: Text, argument: Value): Text {
  const args = argument instanceof Tuple ? argument.items : [argument];
  const parts: Text[] = [];
  let used = 0;
  let byName = false;
  const next = () => {
    if (used >= args.length) throw new TemplateError("not enough arguments for format string");
    return args[used++]!;
  };
  const sizeOf = (written: string | undefined) => {
    if (written !== "*") return written === undefined ? undefined : Number(written);
    const size = asInt(next());
    if (size === undefined) throw new TemplateError("* wants int");
    return Number(size);
  };
  let done = 0;
  for (const { index, 0: field, 1: name, 2: flags, 3: width, 4: precision, 5: type } of text.text.matchAll(
    FIELD,
  )) {
    parts.push(text.slice(done, index).marked(false));
    done = index + field.length;
    if (type === "%") {
      parts.push(Text.own("%"));
      continue;
    }
    if (type === undefined) throw new TemplateError("incomplete format");
    byName ||= name !== undefined;
    const size = sizeOf(width);
    const places = sizeOf(precision);
    const value = name === undefined ? next() : named(argument, name);
    const layout = {
      flags: new Set((flags ?? "") + ((size ?? 0) < 0 ? "-" : "")),
      width: Math.abs(size ?? 0),
    };
    const written = convert(work, value, type, places, layout);
    parts.push(text.markup ? escapeHtml(written) : written);
  }
  parts.push(text.slice(done).marked(false));
  if (used < args.length && !byName && !hasItems(argument)) {
    throw new TemplateError("not all arguments converted during string formatting");
  }
  return Text.concat(parts).marked(text.markup);
}

/** Python takes what has items for arguments by name, all of which need not be used. */
function hasItems(value: Value): boolean {
  return (
    value instanceof Dict || value instanceof Undefined || value instanceof Range || Array.isArray(value)
  );
}

function named(argument: Value, name: string): Value {
  if (!(argument instanceof Dict)) throw new TemplateError("format requires a mapping");
  const value = argument.get(Text.own(name));
  if (value === undefined) throw new TemplateError(`KeyError: '${name}'`);
  return value;
}

interface Layout {
  flags: ReadonlySet<string>;
  width: number;
}

function convert(
  work: Work,
  value: Value,
  type: string,
  precision: number | undefined,
  layout: Layout,
): Text {
  if (type === "s" || type === "r") {
    const text = type === "s" ? print(value) : represent(value);
    return laid(
      work,
      "",
      precision === undefined ? text : text.slice(0, text.unitAt(precision)),
      layout,
      false,
    );
  }
  if (type === "c") return laid(work, "", characterOf(value), layout, false);
  if (!"diuoxXeEfFgG".includes(type)) throw new TemplateError(`unsupported format character '${type}'`);
  if (!isNumber(value)) {
    const kind = "diu".includes(type) ? "real" : "a";
    throw new TemplateError(`%${type} format: ${kind} number is required, not ${typeOf(value)}`);
  }
  work.make(precision ?? 0);
  const number = numberFor(value, type);
  const { flags } = layout;
  let sign = isNegative(number) ? "-" : flags.has("+") ? "+" : flags.has(" ") ? " " : "";
  let digits: string;
  if (typeof number === "bigint") {
    const written = intDigits(number, "iu".includes(type) ? "d" : type);
    digits = written.digits.padStart(precision ?? 0, "0");
    if (flags.has("#")) sign += written.prefix;
  } else {
    digits = floatDigits(number, type, precision ?? 6, flags.has("#"));
  }
  return laid(work, sign, Text.own(digits), layout, flags.has("0"));
}

/** An int for d, o, x; a float for e, f, g. */
function numberFor(value: boolean | bigint | number, type: string): bigint | number {
  if (!"diuoxX".includes(type)) return Number(value);
  if (typeof value !== "number") return BigInt(value);
  if ("oxX".includes(type)) throw new TemplateError(`%${type} format: an integer is required, not float`);
  if (!Number.isFinite(value)) throw new TemplateError("cannot convert float infinity or NaN to integer");
  return BigInt(Math.trunc(value));
}

function characterOf(value: Value): Text {
  if (value instanceof Text && value.length === 1) return value;
  const code = asInt(value);
  if (code === undefined || code < 0n || code > 0x10ffffn) throw new TemplateError("%c requires int or char");
  return Text.own(String.fromCodePoint(Number(code)));
}

function laid(work: Work, sign: string, body: Text, { flags, width }: Layout, zeros: boolean): Text {
  const missing = Math.max(0, width - sign.length - body.length);
  if (flags.has("-")) return pad(work, Text.concat([Text.own(sign), body]), Text.own(" "), 0, missing);
  if (zeros) return Text.concat([Text.own(sign), pad(work, body, Text.own("0"), missing, 0)]);
  return pad(work, Text.concat([Text.own(sign), body]), Text.own(" "), missing, 0);
}
