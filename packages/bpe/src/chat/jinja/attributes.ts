// What stands behind a point or in brackets: attributes, methods, items and slices.
import { TemplateError } from "../errors.js";
import { DICT_METHODS, LIST_METHODS, REFUSED } from "./containers.js";
import type { Context } from "./context.js";
import { escapeHtml } from "./html.js";
import { print } from "./print.js";
import { indexable } from "./sequences.js";
import { type Builtin, bind } from "./signature.js";
import { sliceOf } from "./slice.js";
import { CASES } from "./strings/case.js";
import { CUTTING } from "./strings/cut.js";
import { formatFields } from "./strings/format.js";
import { PADDING } from "./strings/pad.js";
import { SEARCHING } from "./strings/search.js";
import { Text } from "./text.js";
import {
  asInt,
  Callable,
  Dict,
  isNumber,
  Slice,
  Thing,
  Tuple,
  typeOf,
  Undefined,
  type Value,
} from "./values.js";

const TEXT_METHODS = new Map<string, Builtin<Text>>(
  Object.entries({ ...CUTTING, ...SEARCHING, ...CASES, ...PADDING }),
);

/** `value.name`: an attribute of the type, or else the item of that name. */
export function attributeOf(cx: Context, value: Value, name: string): Value {
  if (value instanceof Undefined) throw new TemplateError(value.reason);
  return ownAttribute(cx, value, name) ?? itemOrNothing(value, Text.own(name)) ?? missing(value, name);
}

/** `value[key]`: an item, or else the attribute of that name. */
export function itemOf(cx: Context, value: Value, key: Value | Slice): Value {
  if (value instanceof Undefined) throw new TemplateError(value.reason);
  if (key instanceof Slice) return sliceOf(cx.work, value, key);
  const item = itemOrNothing(value, key);
  if (item !== undefined) return item;
  const attribute = key instanceof Text ? ownAttribute(cx, value, key.text) : undefined;
  return attribute ?? missing(value, key instanceof Text ? key.text : "item");
}

function missing(value: Value, name: string): Undefined {
  return new Undefined(`'${typeOf(value)} object' has no attribute '${name}'`);
}

/** An attribute of the type itself. What could change a value or reach into the interpreter is there only to be refused. */
export function ownAttribute(cx: Context, value: Value, name: string): Value | undefined {
  if (name.startsWith("__") && name.endsWith("__"))
    return new Undefined(`access to attribute '${name}' is unsafe`);
  if (value instanceof Text) return textMethod(cx, value, name);
  if (Array.isArray(value)) {
    return method(cx, LIST_METHODS, value, name) ?? refused("list", name);
  }
  if (value instanceof Dict) return method(cx, DICT_METHODS, value, name) ?? refused("dict", name);
  if (value instanceof Tuple) {
    const at = value.names.indexOf(name);
    if (at >= 0) return value.items[at];
    return name === "count" || name === "index"
      ? method(cx, LIST_METHODS, [...value.items], name)
      : undefined;
  }
  if (value instanceof Thing) return value.attribute(name);
  return isNumber(value) ? numberAttribute(value, name) : undefined;
}

function refused(type: "list" | "dict", name: string): Value | undefined {
  return REFUSED[type].has(name)
    ? new Undefined(
        `access to attribute '${name}' of '${type}' object is unsafe: templates cannot change values`,
      )
    : undefined;
}

function method<T extends Value>(
  cx: Context,
  methods: ReadonlyMap<string, Builtin<T>>,
  self: T,
  name: string,
): Value | undefined {
  const found = methods.get(name);
  return (
    found && new Callable((args, named) => found.run(cx, self, ...bind(name, found.signature, args, named)))
  );
}

function textMethod(cx: Context, text: Text, name: string): Value | undefined {
  if (UNSUPPORTED.has(name)) throw new TemplateError(`the method '${name}' of strings is not supported`);
  const run = textFunction(cx, text, name);
  if (!run || !text.markup) return run && new Callable(run);
  // What is joined with a string that is declared safe is made safe.
  const safe = (value: Value) => (value instanceof Text ? escapeHtml(value) : value);
  return new Callable((args, named) =>
    markedAll(run(args.map(safe), new Map(Array.from(named, ([key, value]) => [key, safe(value)])))),
  );
}

function textFunction(cx: Context, text: Text, name: string): Callable["call"] | undefined {
  if (name === "format") return (args, named) => formatFields(cx, text, args, named);
  if (name === "format_map") {
    return ([mapping]) => {
      if (!(mapping instanceof Dict)) throw new TemplateError("format_map() takes a dict");
      const entries = mapping.entries().map(([key, item]) => [print(key).text, item] as const);
      return formatFields(cx, text, [], new Map(entries));
    };
  }
  const found = TEXT_METHODS.get(name);
  return found && ((args, named) => found.run(cx, text, ...bind(name, found.signature, args, named)));
}

const UNSUPPORTED: ReadonlySet<string> = new Set(["encode", "translate", "maketrans"]);

function markedAll(value: Value): Value {
  if (value instanceof Text) return value.marked(true);
  if (Array.isArray(value)) return value.map(markedAll);
  return value instanceof Tuple ? new Tuple(value.items.map(markedAll)) : value;
}

function numberAttribute(value: boolean | bigint | number, name: string): Value | undefined {
  const int = asInt(value);
  const method = (result: Value) => new Callable(() => result);
  switch (name) {
    case "real":
      return int ?? value;
    case "imag":
      return int === undefined ? 0 : 0n;
    case "numerator":
      return int;
    case "denominator":
      return int === undefined ? undefined : 1n;
    case "conjugate":
      return method(int ?? value);
    case "is_integer":
      return int === undefined ? method(Number.isInteger(value)) : undefined;
    case "bit_length":
      return int === undefined
        ? undefined
        : method(int === 0n ? 0n : BigInt((int < 0n ? -int : int).toString(2).length));
    case "bit_count":
      return int === undefined
        ? undefined
        : method(BigInt((int < 0n ? -int : int).toString(2).replaceAll("0", "").length));
    case "as_integer_ratio":
    case "to_bytes":
    case "from_bytes":
    case "hex":
    case "fromhex":
      throw new TemplateError(`the method '${name}' of numbers is not supported`);
    default:
      return undefined;
  }
}

function itemOrNothing(value: Value, key: Value): Value | undefined {
  if (value instanceof Dict) return isHashable(key) ? value.get(key) : undefined;
  const index = asInt(key);
  if (index === undefined) return undefined;
  if (value instanceof Text) {
    const at = place(index, value.length);
    return at === undefined ? undefined : value.slice(value.unitAt(at), value.unitAt(at + 1));
  }
  const items = indexable(value);
  const at = items && place(index, items.length);
  return at === undefined ? undefined : items![at];
}

function isHashable(key: Value): boolean {
  return (
    !Array.isArray(key) && !(key instanceof Dict) && !(key instanceof Tuple && !key.items.every(isHashable))
  );
}

function place(index: bigint, length: number): number | undefined {
  const at = Number(index < 0n ? index + BigInt(length) : index);
  return at >= 0 && at < length ? at : undefined;
}
