import { TemplateError } from "../errors.js";
import type { Text } from "./text.js";
import { Dict, None, type Value } from "./values.js";

/** Deeper values are taken for ones that hold themselves. */
const MOST_DEPTH = 500;

/**
 * A JavaScript value as Python's, as if read from JSON: whole numbers are ints. What JSON does not know becomes the name of its
 * type, as in transformers.
 */
export function toValue(value: unknown, textOf: (text: string) => Text, depth = 0): Value {
  if (depth > MOST_DEPTH) throw new TemplateError("a value in the chat nests too deep, or holds itself");
  switch (typeof value) {
    case "string":
      return textOf(value);
    case "boolean":
    case "bigint":
      return value;
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
    case "object":
      break;
    case "undefined":
      return None;
    default:
      return textOf(`<${typeof value}>`);
  }
  if (value === null) return None;
  if (Array.isArray(value)) return value.map((item) => toValue(item, textOf, depth + 1));
  const entries = entriesOf(value as object);
  if (!entries) return textOf(`<${value.constructor?.name ?? "object"}>`);
  return new Dict(
    entries
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [toValue(key, textOf, depth + 1), toValue(item, textOf, depth + 1)] as const),
  );
}

/** Of a map or an object that is no more than its properties; undefined for any other. */
function entriesOf(value: object): [unknown, unknown][] | undefined {
  if (value instanceof Map) return [...value];
  const isOpaque =
    value instanceof Date ||
    value instanceof RegExp ||
    value instanceof Set ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value);
  return isOpaque ? undefined : Object.entries(value);
}
