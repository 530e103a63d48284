// Python's json.dumps(), as transformers calls it.
import { TemplateError } from "../errors.js";
import { sorted } from "./compare.js";
import { printFloat } from "./print.js";
import { Text } from "./text.js";
import { Dict, None, Tuple, typeOf, type Value } from "./values.js";

export interface JsonOptions {
  ascii: boolean;
  /** What a level is indented by; null writes all on one line. */
  indent: Text | null;
  itemSeparator: Text;
  keySeparator: Text;
  sortKeys: boolean;
}

/** @throws TemplateError for a value that JSON cannot say. */
export function writeJson(value: Value, options: JsonOptions): Text {
  const parts: Text[] = [];
  write(value, options, 0, parts);
  return Text.concat(parts);
}

function write(value: Value, options: JsonOptions, depth: number, out: Text[]): void {
  const scalar = scalarOf(value);
  if (scalar !== undefined) {
    out.push(Text.own(scalar));
  } else if (value instanceof Text) {
    out.push(quote(value, options.ascii));
  } else if (Array.isArray(value) || value instanceof Tuple) {
    const items = Array.isArray(value) ? value : value.items;
    enclose("[]", items, (item) => write(item, options, depth + 1, out), options, depth, out);
  } else if (value instanceof Dict) {
    const entries = options.sortKeys ? sorted(value.entries(), ([key]) => key) : value.entries();
    const writeEntry = ([key, item]: [Value, Value]) => {
      out.push(keyOf(key, options.ascii), options.keySeparator);
      write(item, options, depth + 1, out);
    };
    enclose("{}", entries, writeEntry, options, depth, out);
  } else {
    throw new TemplateError(`Object of type ${typeOf(value)} is not JSON serializable`);
  }
}

function enclose<T>(
  brackets: string,
  items: readonly T[],
  writeItem: (item: T) => void,
  options: JsonOptions,
  depth: number,
  out: Text[],
): void {
  const { indent } = options;
  const newLine = (level: number) => {
    if (indent === null) return;
    out.push(Text.own("\n"));
    for (let i = 0; i < level; i++) out.push(indent);
  };
  out.push(Text.own(brackets[0]!));
  items.forEach((item, i) => {
    if (i > 0) out.push(options.itemSeparator);
    newLine(depth + 1);
    writeItem(item);
  });
  if (items.length > 0) newLine(depth);
  out.push(Text.own(brackets[1]!));
}

function scalarOf(value: Value): string | undefined {
  if (value === None) return "null";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value !== "number") return undefined;
  if (Number.isFinite(value)) return printFloat(value);
  return Number.isNaN(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
}

function keyOf(key: Value, ascii: boolean): Text {
  if (key instanceof Text) return quote(key, ascii);
  const scalar = scalarOf(key);
  if (scalar === undefined) {
    throw new TemplateError(`keys must be str, int, float, bool or None, not ${typeOf(key)}`);
  }
  return Text.own(`"${scalar}"`);
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

function quote(text: Text, ascii: boolean): Text {
  const escaped = (char: string) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them
  const special = ascii ? /["\\]|[^ -~]/g : /["\\\u0000-\u001f]/g;
  const inner = text.marked(false).map((stretch) => stretch.replace(special, escaped));
  const mark = Text.own('"');
  return Text.concat([mark, inner, mark]);
}
