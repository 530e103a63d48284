// What can be iterated, and how long it is.
import { TemplateError } from "../errors.js";
import { Text } from "./text.js";
import { Dict, Range, Thing, Tuple, typeOf, Undefined, type Value } from "./values.js";

/** Python's `iter()`; undefined where a value has no items. */
export function tryItems(value: Value): Iterable<Value> | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof Text) return value.marked(false).characters();
  if (value instanceof Tuple) return value.items;
  if (value instanceof Dict) return value.keys();
  if (value instanceof Undefined) return [];
  return value instanceof Thing ? value.items() : undefined;
}

/** What a list, tuple or range has at each place; undefined for anything else. */
export function indexable(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof Tuple ? value.items : value instanceof Range ? value.items() : undefined;
}

/** @throws TemplateError where a value has no items. */
export function itemsOf(value: Value): Iterable<Value> {
  const items = tryItems(value);
  if (!items) throw new TemplateError(`'${typeOf(value)}' object is not iterable`);
  return items;
}

/** A list of the items. */
export function listOf(value: Value): Value[] {
  return Array.from(itemsOf(value));
}

/** Python's `len()`; undefined where a value has no length. */
function tryLength(value: Value): number | undefined {
  if (Array.isArray(value) || value instanceof Text) return value.length;
  if (value instanceof Tuple) return value.items.length;
  if (value instanceof Dict) return value.size;
  if (value instanceof Undefined) return 0;
  return value instanceof Thing ? value.size() : undefined;
}

export function lengthOf(value: Value): number {
  const length = tryLength(value);
  if (length === undefined) throw new TemplateError(`object of type '${typeOf(value)}' has no len()`);
  return length;
}
