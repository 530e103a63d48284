// Python's format(value, spec): `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
import { TemplateError } from "../errors.js";
import type { Work } from "./context.js";
import { floatDigits, intDigits, isNegative } from "./number-format.js";
import { print, printFloat } from "./print.js";
import { pad } from "./strings/pad.js";
import { Text } from "./text.js";
import { asInt, typeOf, Undefined, type Value } from "./values.js";

interface Spec {
  fill: string;
  align: string;
  sign: string;
  alternate: boolean;
  width: number;
  grouping: string;
  precision: number | undefined;
  type: string;
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d{1,9})?([,_])?(?:\.(\d{1,9}))?([a-zA-Z%])?$/su;

/** @throws TemplateError where the spec is none, or not one for that type. */
export function format(work: Work, value: Value, specText: string): Text {
  if (value instanceof Undefined) value = Text.empty;
  if (specText === "") return print(value);
  const isText = value instanceof Text;
  const number = asInt(value) ?? (typeof value === "number" ? value : undefined);
  if (!isText && number === undefined) {
    throw new TemplateError(`unsupported format string passed to ${typeOf(value)}.__format__`);
  }
  const spec = parse(specText, isText);
  return number === undefined ? formatText(work, value as Text, spec) : formatNumber(work, number, spec);
}

function parse(text: string, isText: boolean): Spec {
  const found = SPEC.exec(text);
  if (!found || found[4]) throw new TemplateError(`Invalid format specifier '${text}'`);
  const [, fill, align, sign, , alternate, zero, width, grouping, precision, type] = found;
  return {
    fill: fill ?? (zero ? "0" : " "),
    align: align ?? (isText ? "<" : zero ? "=" : ">"),
    sign: sign ?? "",
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: grouping ?? "",
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? "",
  };
}

function formatText(work: Work, text: Text, spec: Spec): Text {
  const { type, align, sign, alternate, grouping, precision } = spec;
  if ((type !== "" && type !== "s") || align === "=" || sign !== "" || alternate || grouping !== "") {
    throw new TemplateError("Invalid format specifier for a str");
  }
  return aligned(work, precision === undefined ? text : text.slice(0, text.unitAt(precision)), spec);
}

function formatNumber(work: Work, value: bigint | number, spec: Spec): Text {
  const { type, precision, sign } = spec;
  work.make(precision ?? 0);
  if (typeof value === "bigint" && type === "c")
    return aligned(work, Text.own(String.fromCodePoint(Number(value))), spec);
  const negative = isNegative(value);
  let digits: string;
  let prefix = "";
  if (typeof value === "bigint" && ["", "d", "n", "b", "o", "x", "X"].includes(type)) {
    if (precision !== undefined) throw new TemplateError("Precision not allowed in integer format specifier");
    const written = intDigits(value, type === "" || type === "n" ? "d" : type);
    digits = written.digits;
    if (spec.alternate) prefix = written.prefix;
  } else {
    digits = floatText(Number(value), spec);
  }
  if (spec.grouping !== "") digits = grouped(digits, spec);
  const signed = negative ? "-" : sign === "-" ? "" : sign;
  if (spec.align !== "=") return aligned(work, Text.own(signed + prefix + digits), spec);
  const missing = spec.width - signed.length - prefix.length - digits.length;
  if (missing > 0 && spec.grouping !== "") throw new TemplateError("zeros with a grouping are not supported");
  return Text.concat([
    Text.own(signed + prefix),
    pad(work, Text.own(digits), Text.own(spec.fill), missing, 0),
  ]);
}

function floatText(value: number, { type, precision, alternate }: Spec): string {
  if (type === "%") return `${floatDigits(value * 100, "f", precision ?? 6, alternate)}%`;
  if ("eEfFgG".includes(type) && type !== "") return floatDigits(value, type, precision ?? 6, alternate);
  if (type === "n") return floatDigits(value, "g", precision ?? 6, alternate);
  if (type !== "") throw new TemplateError(`Unknown format code '${type}' for object of type 'float'`);
  if (precision === undefined || !Number.isFinite(value)) return printFloat(Math.abs(value));
  const text = floatDigits(value, "g", precision, alternate);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function grouped(digits: string, { grouping, type }: Spec): string {
  const size = "boxX".includes(type) && type !== "" ? 4 : 3;
  if (size === 4 && grouping === ",") throw new TemplateError(`Cannot specify ',' with '${type}'.`);
  const whole = /^[0-9a-fA-F]*/.exec(digits.split("e")[0]!)![0];
  const groups: string[] = [];
  for (let end = whole.length; end > 0; end -= size)
    groups.unshift(whole.slice(Math.max(0, end - size), end));
  return groups.join(grouping) + digits.slice(whole.length);
}

function aligned(work: Work, text: Text, { fill, align, width }: Spec): Text {
  const missing = Math.max(0, width - text.length);
  const left = align === "<" ? 0 : align === "^" ? missing >> 1 : missing;
  return pad(work, text, Text.own(fill), left, missing - left);
}
