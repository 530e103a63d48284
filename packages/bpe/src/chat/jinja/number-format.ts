// Numbers as text, in the types that both kinds of format strings know: d, o, x, e, f, g and their like.
import { TemplateError } from "../errors.js";
import { fixed, scientific } from "./decimal.js";

/** The size of a float in one of the types e, f, g (E, F, G). */
export function floatDigits(value: number, type: string, precision: number, alternate: boolean): string {
  const kind = type.toLowerCase();
  const cased = (text: string) => (type === kind ? text : text.toUpperCase());
  if (!Number.isFinite(value)) return cased(Number.isNaN(value) ? "nan" : "inf");
  if (kind === "f") return fixed(value, precision) + (alternate && precision === 0 ? "." : "");
  if (kind === "e") return cased(exponential(value, precision, alternate));
  const significant = precision === 0 ? 1 : precision;
  const { exponent } = scientific(value, significant - 1);
  const text =
    exponent < -4 || exponent >= significant
      ? exponential(value, significant - 1, alternate)
      : fixed(value, significant - 1 - exponent);
  return cased(alternate ? text : withoutZeros(text));
}

function exponential(value: number, precision: number, alternate: boolean): string {
  const { digits, exponent } = scientific(value, precision);
  const point = alternate && precision === 0 ? "." : "";
  return `${digits}${point}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** Without zeros at the end of the fraction. */
function withoutZeros(text: string): string {
  const [digits, ...exponent] = text.split("e");
  if (!digits!.includes(".")) return text;
  let end = digits!.length;
  while (digits![end - 1] === "0") end--;
  if (digits![end - 1] === ".") end--;
  return [digits!.slice(0, end), ...exponent].join("e");
}

const BASES: Readonly<Record<string, { radix: number; prefix: string }>> = {
  b: { radix: 2, prefix: "0b" },
  o: { radix: 8, prefix: "0o" },
  x: { radix: 16, prefix: "0x" },
  X: { radix: 16, prefix: "0X" },
  d: { radix: 10, prefix: "" },
};

/** The size of an int in one of the types d, b, o, x (X), and what stands before it in the alternate form. */
export function intDigits(value: bigint, type: string): { digits: string; prefix: string } {
  const base = BASES[type];
  if (!base) throw new TemplateError(`Unknown format code '${type}' for object of type 'int'`);
  const digits = (value < 0n ? -value : value).toString(base.radix);
  return { digits: type === "X" ? digits.toUpperCase() : digits, prefix: base.prefix };
}

export function isNegative(value: bigint | number): boolean {
  return value < 0 || Object.is(value, -0);
}
