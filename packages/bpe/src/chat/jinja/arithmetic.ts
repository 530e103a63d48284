// Python's + - * / // % ** on numbers, strings and lists.
import { TemplateError } from "../errors.js";
import type { Work } from "./context.js";
import { escapeHtml } from "./html.js";
import { formatPercent } from "./percent-format.js";
import { Text } from "./text.js";
import { asInt, isNumber, Tuple, typeOf, Undefined, type Value } from "./values.js";

export type Operator = "+" | "-" | "*" | "/" | "//" | "%" | "**";

/** The longest int, in bits. */
const MOST_BITS = 100_000;

export function calculate(work: Work, operator: Operator, a: Value, b: Value): Value {
  if (operator === "%" && a instanceof Text) return formatPercent(work, a, b);
  for (const side of [a, b]) if (side instanceof Undefined) throw new TemplateError(side.reason);
  if (operator === "+") {
    if (a instanceof Text && b instanceof Text) {
      work.make(a.text.length + b.text.length);
      return a.markup || b.markup
        ? Text.concat([escapeHtml(a), escapeHtml(b)]).marked(true)
        : Text.concat([a, b]);
    }
    if (Array.isArray(a) && Array.isArray(b)) {
      work.list(a.length + b.length);
      return [...a, ...b];
    }
    if (a instanceof Tuple && b instanceof Tuple) return new Tuple([...a.items, ...b.items]);
  }
  if (operator === "*") {
    const repeated = repeat(work, a, b) ?? repeat(work, b, a);
    if (repeated !== undefined) return repeated;
  }
  if (isNumber(a) && isNumber(b)) {
    const [x, y] = [asInt(a), asInt(b)];
    if (x !== undefined && y !== undefined) return ofInts(work, operator, x, y);
    return ofFloats(operator, Number(a), Number(b));
  }
  throw new TemplateError(
    `unsupported operand type(s) for ${operator === "**" ? "** or pow()" : operator}: '${typeOf(a)}' and '${typeOf(b)}'`,
  );
}

export function negate(sign: "-" | "+", value: Value): Value {
  if (value instanceof Undefined) throw new TemplateError(value.reason);
  const int = asInt(value);
  if (int !== undefined) return sign === "-" ? -int : int;
  if (typeof value === "number") return sign === "-" ? -value : value;
  throw new TemplateError(`bad operand type for unary ${sign}: '${typeOf(value)}'`);
}

function repeat(work: Work, value: Value, by: Value): Value | undefined {
  const times = asInt(by);
  if (times === undefined) return undefined;
  const sized = (length: number) => {
    const count = times < 0n ? 0n : times;
    if (value instanceof Text) work.make(count * BigInt(length));
    else work.list(count * BigInt(length));
    return length === 0 ? 0 : Number(count);
  };
  const copies = (items: readonly Value[]) =>
    Array.from({ length: sized(items.length) }, () => items).flat() as Value[];
  if (value instanceof Text) {
    const count = sized(value.text.length);
    return Text.concat(Array.from({ length: count }, () => value)).marked(value.markup);
  }
  if (Array.isArray(value)) return copies(value);
  return value instanceof Tuple ? new Tuple(copies(value.items)) : undefined;
}

function ofInts(work: Work, operator: Operator, a: bigint, b: bigint): Value {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      bounded(work, bitsOf(a) + bitsOf(b));
      return a * b;
    case "/":
      if (b === 0n) throw new TemplateError("division by zero");
      return Number(a) / Number(b);
    case "//":
    case "%": {
      if (b === 0n) throw new TemplateError("integer division or modulo by zero");
      const rest = a % b;
      // JavaScript's remainder has the sign of the dividend, Python's that of the divisor.
      const off = rest !== 0n && rest < 0n !== b < 0n;
      if (operator === "%") return off ? rest + b : rest;
      return off ? a / b - 1n : a / b;
    }
    case "**":
      if (b < 0n) return ofFloats("**", Number(a), Number(b));
      bounded(work, b > BigInt(MOST_BITS) && a * a > 1n ? Number.POSITIVE_INFINITY : bitsOf(a) * Number(b));
      return a ** b;
  }
}

function ofFloats(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) throw new TemplateError("float division by zero");
      return a / b;
    case "//":
    case "%": {
      if (b === 0) throw new TemplateError("float floor division or modulo by zero");
      let rest = a % b;
      if (rest !== 0 && rest < 0 !== b < 0) rest += b;
      if (operator === "%") return rest === 0 ? (b < 0 ? -0 : 0) : rest;
      return Math.round((a - rest) / b);
    }
    case "**": {
      if (a === 0 && b < 0) throw new TemplateError("0.0 cannot be raised to a negative power");
      if (a < 0 && !Number.isInteger(b)) throw new TemplateError("complex numbers are not supported");
      const power = a === 1 || b === 0 ? 1 : a ** b;
      if (!Number.isFinite(power) && Number.isFinite(a) && Number.isFinite(b)) {
        throw new TemplateError("a float is too large");
      }
      return power;
    }
  }
}

function bitsOf(value: bigint): number {
  return value.toString(16).length * 4;
}

function bounded(work: Work, bits: number): void {
  if (!(bits <= MOST_BITS)) throw new TemplateError("an int is too large");
  work.spend(bits >> 5);
}
