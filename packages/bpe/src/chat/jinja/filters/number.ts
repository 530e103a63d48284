// Filters that give numbers, and those that take any value.
import { TemplateError } from "../../errors.js";
import { calculate } from "../arithmetic.js";
import { attributeOf, ownAttribute } from "../attributes.js";
import { fixed, roundFloat, roundInt } from "../decimal.js";
import { type Builtin, builtin, intOf, textOf } from "../signature.js";
import { strip } from "../strings/cut.js";
import { Text } from "../text.js";
import { asInt, isNumber, isTrue, None, typeOf, Undefined, type Value } from "../values.js";

/** Python's `int(text, base)`; undefined where the text is none. */
function parseInteger(text: Text, base: number): bigint | undefined {
  const found = /^([-+]?)(0[xX]|0[oO]|0[bB])?_?([\da-zA-Z]+(?:_[\da-zA-Z]+)*)$/.exec(
    strip(text, null, "both").text,
  );
  if (!found || base === 1 || base < 0 || base > 36) return undefined;
  const [, sign, prefix, written] = found;
  let digits = written!.replaceAll("_", "").toLowerCase();
  const prefixBase = prefix ? { x: 16, o: 8, b: 2 }[prefix[1]!.toLowerCase() as "x" | "o" | "b"] : undefined;
  let radix = base;
  if (prefixBase !== undefined && (base === 0 || base === prefixBase)) radix = prefixBase;
  else if (prefix) digits = prefix.toLowerCase() + digits;
  if (radix === 0) {
    if (/^0+[1-9]/.test(digits)) return undefined;
    radix = 10;
  }
  if (digits.length > 4300) return undefined;
  let value = 0n;
  for (const digit of digits) {
    const unit = Number.parseInt(digit, 36);
    if (!(unit < radix)) return undefined;
    value = value * BigInt(radix) + BigInt(unit);
  }
  return sign === "-" ? -value : value;
}

/** Python's `float(text)`; undefined where the text is none. */
function parseFloating(text: Text): number | undefined {
  const written = strip(text, null, "both").text;
  const special = /^([-+]?)(?:(inf(?:inity)?)|nan)$/i.exec(written);
  if (special) return special[2] ? (special[1] === "-" ? -1 : 1) * Number.POSITIVE_INFINITY : Number.NaN;
  if (
    !/^[-+]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][-+]?\d+(?:_\d+)*)?$/.test(written)
  )
    return undefined;
  return Number(written.replaceAll("_", ""));
}

function truncated(value: number): bigint | undefined {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
}

function toInt(value: Value, otherwise: Value, base: Value): Value {
  if (value instanceof Undefined) throw new TemplateError(value.reason);
  if (value instanceof Text) {
    const radix = asInt(base);
    const whole = radix === undefined ? undefined : parseInteger(value, Number(radix));
    if (whole !== undefined) return whole;
    const float = parseFloating(value);
    return (float === undefined ? undefined : truncated(float)) ?? otherwise;
  }
  if (typeof value === "number") {
    if (Math.abs(value) === Number.POSITIVE_INFINITY)
      throw new TemplateError("cannot convert float infinity to integer");
    return truncated(value) ?? otherwise;
  }
  return asInt(value) ?? otherwise;
}

function toFloat(value: Value, otherwise: Value): Value {
  if (value instanceof Undefined) throw new TemplateError(value.reason);
  if (value instanceof Text) return parseFloating(value) ?? otherwise;
  return isNumber(value) ? Number(value) : otherwise;
}

const round = builtin("precision? method?", (cx, value, precision, method) => {
  const how = method === undefined ? "common" : textOf(method).text;
  if (!["common", "ceil", "floor"].includes(how))
    throw new TemplateError("method must be common, ceil or floor");
  if (value instanceof Undefined) throw new TemplateError(value.reason);
  if (!isNumber(value)) throw new TemplateError(`type ${typeOf(value)} cannot be rounded`);
  const places = intOf(precision, 0);
  const int = asInt(value);
  if (how === "common") return int === undefined ? roundFloat(Number(value), places) : roundInt(int, places);
  const unit = calculate(cx.work, "**", 10n, BigInt(places));
  const scaled = calculate(cx.work, "*", value, unit);
  let whole = asInt(scaled);
  if (whole === undefined) {
    if (!Number.isFinite(scaled)) throw new TemplateError("cannot convert float infinity or NaN to integer");
    whole = BigInt(how === "ceil" ? Math.ceil(scaled as number) : Math.floor(scaled as number));
  }
  return calculate(cx.work, "/", whole, unit);
});

function fileSize(value: number, binary: boolean): string {
  const base = binary ? 1024 : 1000;
  if (value === 1) return "1 Byte";
  if (value < base) return `${Math.trunc(value)} Bytes`;
  const units = [..."KMGTPEZY"].map((unit) => (binary ? `${unit}iB` : `${unit === "K" ? "k" : unit}B`));
  let power = 2;
  while (power <= units.length && value >= base ** power) power++;
  const shown = Math.min(power, units.length + 1);
  return `${fixed((base * value) / base ** shown, 1)} ${units[shown - 2]}`;
}

const otherwise = builtin("default_value? boolean?", (_, value, fallback, boolean) => {
  const isMissing = value instanceof Undefined || (isTrue(boolean ?? false) && !isTrue(value));
  return isMissing ? (fallback ?? Text.empty) : value;
});

export const VALUE_FILTERS: Readonly<Record<string, Builtin>> = {
  abs: builtin("", (_, value) => {
    if (value instanceof Undefined) throw new TemplateError(value.reason);
    const int = asInt(value);
    if (int !== undefined) return int < 0n ? -int : int;
    if (typeof value === "number") return Math.abs(value);
    throw new TemplateError(`bad operand type for abs(): '${typeOf(value)}'`);
  }),
  attr: builtin("name", (cx, value, name) => {
    const { text } = textOf(name, "the name of an attribute");
    if (value instanceof Undefined) return attributeOf(cx, value, text);
    return (
      ownAttribute(cx, value, text) ?? new Undefined(`'${typeOf(value)} object' has no attribute '${text}'`)
    );
  }),
  d: otherwise,
  default: otherwise,
  filesizeformat: builtin("binary?", (_, value, binary) => {
    const size = toFloat(value, None);
    if (typeof size !== "number" || !Number.isFinite(size))
      throw new TemplateError("filesizeformat takes a number");
    return Text.own(fileSize(size, isTrue(binary ?? false)));
  }),
  float: builtin("default?", (_, value, fallback) => toFloat(value, fallback ?? 0)),
  int: builtin("default? base?", (_, value, fallback, base) => toInt(value, fallback ?? 0n, base ?? 10n)),
  round,
};
