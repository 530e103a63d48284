// Filters that apply other filters or tests to each item.
import { TemplateError } from "../../errors.js";
import type { Context } from "../context.js";
import { formatPercent } from "../percent-format.js";
import { print } from "../print.js";
import { itemsOf } from "../sequences.js";
import { textOf } from "../signature.js";
import { Dict, isTrue, type Named, Stream, Tuple, type Value } from "../values.js";
import { pathReader } from "./attribute-path.js";

/** A filter that takes any arguments. */
export type OpenFilter = (cx: Context, value: Value, args: readonly Value[], named: Named) => Value;

const map: OpenFilter = (cx, value, args, named) => {
  return lazily(value, function* (items) {
    const change = mapping(cx, args, named);
    for (const item of items) yield change(item);
  });
};

function mapping(cx: Context, args: readonly Value[], named: Named): (item: Value) => Value {
  if (args.length === 0 && named.has("attribute")) {
    const odd = Array.from(named.keys()).find((name) => name !== "attribute" && name !== "default");
    if (odd !== undefined) throw new TemplateError(`Unexpected keyword argument '${odd}'`);
    return pathReader(cx, named.get("attribute"), named.get("default"));
  }
  if (args.length === 0) throw new TemplateError("map requires a filter argument");
  const { text: name } = textOf(args[0], "the name of a filter");
  return (item) => cx.filter(name, item, args.slice(1), named);
}

/** Keeps the items for which a test of them, or of an attribute, gives `kept`. */
const choosing =
  (kept: boolean, ofAttribute: boolean): OpenFilter =>
  (cx, value, args, named) => {
    return lazily(value, function* (items) {
      const rest = [...args];
      if (ofAttribute && rest.length === 0) throw new TemplateError("Missing parameter for attribute name");
      const read = ofAttribute ? pathReader(cx, rest.shift()) : (item: Value) => item;
      const name = rest.length > 0 ? textOf(rest.shift(), "the name of a test").text : undefined;
      const passes = (item: Value) => (name === undefined ? isTrue(item) : cx.test(name, item, rest, named));
      for (const item of items) if (passes(read(item)) === kept) yield item;
    });
  };

/** As in Python nothing happens, and nothing can fail, before the first item is asked for. */
function lazily(value: Value, run: (items: Iterable<Value>) => Generator<Value>): Stream {
  function* generate(): Generator<Value> {
    if (isTrue(value)) yield* run(itemsOf(value));
  }
  return new Stream(generate());
}

const format: OpenFilter = (cx, value, args, named) => {
  if (args.length > 0 && named.size > 0) {
    throw new TemplateError("can't handle positional and keyword arguments at the same time");
  }
  return formatPercent(cx.work, print(value), named.size > 0 ? Dict.of(named) : new Tuple(args));
};

const unsupported =
  (name: string): OpenFilter =>
  () => {
    throw new TemplateError(`the filter '${name}' is not supported`);
  };

export const OPEN_FILTERS: Readonly<Record<string, OpenFilter>> = {
  format,
  map,
  select: choosing(true, false),
  reject: choosing(false, false),
  selectattr: choosing(true, true),
  rejectattr: choosing(false, true),
  random: unsupported("random"),
  urlize: unsupported("urlize"),
};
