import type { Context } from "../context.js";
import { lower } from "../strings/case.js";
import { Text } from "../text.js";
import { isNothing, Undefined, type Value } from "../values.js";

/** Reads `a.b.0` of an item; of the item itself where the path is None. */
export function pathReader(cx: Context, path: Value | undefined, otherwise?: Value): (item: Value) => Value {
  const keys = keysOf(path);
  return (item) => {
    let value = item;
    for (const key of keys) {
      value = cx.item(value, key);
      if (!isNothing(otherwise) && value instanceof Undefined) value = otherwise;
    }
    return value;
  };
}

function keysOf(path: Value | undefined): Value[] {
  if (isNothing(path)) return [];
  if (path instanceof Text) {
    return path.text.split(".").map((key) => (/^\d+$/.test(key) ? BigInt(key) : Text.own(key)));
  }
  return [path];
}

/** What is compared where capitals do not count. */
export function folded(value: Value): Value {
  return value instanceof Text ? lower(value) : value;
}
