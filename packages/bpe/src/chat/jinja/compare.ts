// Python's ==, <, `in` and sorted().
import { TemplateError } from "../errors.js";
import { itemsOf } from "./sequences.js";
import { Text } from "./text.js";
import { Dict, isNumber, Range, Thing, Tuple, typeOf, Undefined, type Value } from "./values.js";

export function isEqual(a: Value, b: Value): boolean {
  if (isNumber(a)) return isNumber(b) && order(a, b) === 0;
  if (a instanceof Text) return b instanceof Text && a.text === b.text;
  if (Array.isArray(a)) return Array.isArray(b) && allEqual(a, b);
  if (a instanceof Tuple) return b instanceof Tuple && allEqual(a.items, b.items);
  if (a instanceof Undefined) return b instanceof Undefined;
  if (a instanceof Range) return b instanceof Range && allEqual(a.items(), b.items());
  if (a instanceof Dict) {
    if (!(b instanceof Dict) || a.size !== b.size) return false;
    return a.entries().every(([key, value]) => {
      const other = b.get(key);
      return other !== undefined && isEqual(value, other);
    });
  }
  return a === b;
}

function allEqual(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, i) => isEqual(item, b[i]!));
}

/** Whether both are the same object, Python's `is`. */
export function isSame(a: Value, b: Value): boolean {
  // Small ints and equal literals are one object in Python.
  if (a instanceof Text && b instanceof Text) return a.text === b.text;
  if (a instanceof Tuple && b instanceof Tuple && a.items.length + b.items.length === 0) return true;
  return a === b;
}

/** Negative where a comes first, NaN where neither does. @throws TemplateError where they have no order. */
export function compare(a: Value, b: Value, operator = "<"): number {
  if (isNumber(a) && isNumber(b)) return order(a, b);
  if (a instanceof Text && b instanceof Text) return compareTexts(a.text, b.text);
  if (Array.isArray(a) && Array.isArray(b)) return compareItems(a, b, operator);
  if (a instanceof Tuple && b instanceof Tuple) return compareItems(a.items, b.items, operator);
  const odd = a instanceof Undefined ? a : b instanceof Undefined ? b : undefined;
  if (odd) throw new TemplateError(odd.reason);
  throw new TemplateError(
    `'${operator}' not supported between instances of '${typeOf(a)}' and '${typeOf(b)}'`,
  );
}

function compareItems(a: readonly Value[], b: readonly Value[], operator: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (!isEqual(a[i]!, b[i]!)) return compare(a[i]!, b[i]!, operator);
  }
  return a.length - b.length;
}

function order(a: boolean | bigint | number, b: boolean | bigint | number): number {
  return a < b ? -1 : a > b ? 1 : Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : 0;
}

/** By code points: units of pairs come before U+E000 and what follows. */
function compareTexts(a: string, b: string): number {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  if (i >= a.length || i >= b.length) return a.length - b.length;
  const rank = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);
  return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
}

/** Python's `item in container`. */
export function contains(container: Value, item: Value): boolean {
  if (container instanceof Text) {
    if (item instanceof Text) return container.text.includes(item.text);
    throw new TemplateError(`'in <string>' requires string as left operand, not ${typeOf(item)}`);
  }
  if (container instanceof Dict) return container.has(item);
  if (!(container instanceof Thing) && !Array.isArray(container) && !(container instanceof Tuple)) {
    if (container instanceof Undefined) return false;
    throw new TemplateError(`argument of type '${typeOf(container)}' is not iterable`);
  }
  for (const each of itemsOf(container)) if (isEqual(each, item)) return true;
  return false;
}

/** Sorted by the keys; equal ones keep their order, reversed or not. */
export function sorted<T>(items: readonly T[], keyOf: (item: T) => Value, reverse = false): T[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  const sign = reverse ? -1 : 1;
  return keyed.sort((a, b) => sign * (compare(a.key, b.key) || 0)).map(({ item }) => item);
}
