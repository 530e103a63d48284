// Python's str() and repr().
import { TemplateError } from "../errors.js";
import { Text } from "./text.js";
import { Dict, DictView, Namespace, Tuple, Undefined, type Value } from "./values.js";

/** Python's `str()`. @throws TemplateError for a value that Python prints as an address. */
export function print(value: Value): Text {
  if (value instanceof Text) return value;
  return value instanceof Undefined ? Text.empty : represent(value);
}

/** Python's `repr()`. */
export function represent(value: Value): Text {
  if (typeof value === "boolean") return Text.own(value ? "True" : "False");
  if (typeof value === "bigint") return Text.own(String(value));
  if (typeof value === "number") return Text.own(printFloat(value));
  if (value instanceof Text) return representText(value);
  if (value instanceof Undefined) return Text.own("Undefined");
  if (Array.isArray(value)) return enclosed("[", value.map(represent), "]");
  if (value instanceof Tuple)
    return enclosed("(", value.items.map(represent), value.items.length === 1 ? ",)" : ")");
  if (value instanceof Dict) return representDict(value);
  if (value instanceof DictView) return enclosed(`${value.type}([`, value.items().map(represent), "])");
  if (value instanceof Namespace) {
    const entries = Array.from(value.variables, ([name, item]) => [Text.own(name), item] as const);
    return enclosed("<Namespace ", [representDict(new Dict(entries))], ">");
  }
  const text = value.text();
  if (text === undefined)
    throw new TemplateError(`'${value.type}' object has no text: did you mean to call it or list it?`);
  return Text.own(text);
}

function representDict(dict: Dict): Text {
  const colon = Text.own(": ");
  const entry = ([key, value]: [Value, Value]) => Text.concat([represent(key), colon, represent(value)]);
  return enclosed("{", dict.entries().map(entry), "}");
}

function enclosed(start: string, items: readonly Text[], end: string): Text {
  const comma = Text.own(", ");
  const parts = [Text.own(start)];
  items.forEach((item, i) => {
    if (i > 0) parts.push(comma);
    parts.push(item);
  });
  parts.push(Text.own(end));
  return Text.concat(parts);
}

/** What Python escapes: everything that is not printable. A blank is. */
const UNPRINTABLE = /[\p{C}\p{Z}\\]/gu;
const SHORT: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\\": "\\\\",
  " ": " ",
};

function representText(text: Text): Text {
  const quote = text.text.includes("'") && !text.text.includes('"') ? '"' : "'";
  const escaped = (char: string) => {
    const code = char.codePointAt(0)!;
    if (SHORT[char] !== undefined) return SHORT[char];
    if (code > 0xffff) return `\\U${hex(code, 8)}`;
    return code > 0xff ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`;
  };
  const inner = text.marked(false).map((stretch) => {
    const written = stretch.replace(UNPRINTABLE, escaped);
    return quote === "'" ? written.replaceAll("'", "\\'") : written;
  });
  const quoted = [Text.own(quote), inner, Text.own(quote)];
  return Text.concat(text.markup ? [Text.own("Markup("), ...quoted, Text.own(")")] : quoted);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** A float as Python prints it: shortest digits, an exponent below 1e-4 and from 1e16 on. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent] = value.toExponential().split("e") as [string, string];
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  }
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.includes(".") ? text : `${text}.0`;
}
