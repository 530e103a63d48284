// Filters of sequences.
import { TemplateError } from "../../errors.js";
import { calculate } from "../arithmetic.js";
import { compare, isEqual, sorted } from "../compare.js";
import type { Context } from "../context.js";
import { print } from "../print.js";
import { itemsOf, lengthOf, listOf } from "../sequences.js";
import { type Builtin, builtin, intOf, textOf } from "../signature.js";
import { join } from "../strings/search.js";
import { Text } from "../text.js";
import { Dict, hashOf, isNothing, isTrue, Stream, Tuple, Undefined, type Value } from "../values.js";
import { folded, pathReader } from "./attribute-path.js";

/** What items are compared by. */
function keyReader(
  cx: Context,
  attribute: Value | undefined,
  caseSensitive: Value | undefined,
  otherwise?: Value,
) {
  const read = pathReader(cx, attribute, otherwise);
  return isTrue(caseSensitive ?? false) ? read : (item: Value) => folded(read(item));
}

const extreme = (sign: 1 | -1) =>
  builtin("case_sensitive? attribute?", (cx, value, caseSensitive, attribute) => {
    const keyOf = keyReader(cx, attribute, caseSensitive);
    let best: { item: Value; key: Value } | undefined;
    for (const item of itemsOf(value)) {
      const key = keyOf(item);
      if (!best || compare(key, best.key) * sign < 0) best = { item, key };
    }
    return best?.item ?? new Undefined("No aggregated item, sequence was empty.");
  });

/** From the end: lists, tuples, strings, dicts and ranges, but nothing that is read once. */
function reversed(value: Value): Value[] {
  if (value instanceof Stream) throw new TemplateError("'generator' object is not reversible");
  return listOf(value).reverse();
}

function* batches(value: Value, size: number, fill: Value | undefined): Generator<Value> {
  let batch: Value[] = [];
  for (const item of itemsOf(value)) {
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length === 0) return;
  if (!isNothing(fill)) while (batch.length < size) batch.push(fill);
  yield batch;
}

function* slices(value: Value, count: number, fill: Value | undefined): Generator<Value> {
  const items = listOf(value);
  const size = Math.floor(items.length / count);
  const longer = items.length % count;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = at + size + (i < longer ? 1 : 0);
    const slice = items.slice(at, end);
    if (!isNothing(fill) && i >= longer) slice.push(fill);
    yield slice;
    at = end;
  }
}

function* distinct(value: Value, keyOf: (item: Value) => Value): Generator<Value> {
  const seen = new Set<string>();
  for (const item of itemsOf(value)) {
    const hash = hashOf(keyOf(item));
    if (seen.has(hash)) continue;
    seen.add(hash);
    yield item;
  }
}

const dictSort = builtin("case_sensitive? by? reverse?", (_, value, caseSensitive, by, reverse) => {
  const order = by === undefined ? "key" : textOf(by).text;
  if (order !== "key" && order !== "value")
    throw new TemplateError('You can only sort by either "key" or "value"');
  if (value instanceof Undefined) throw new TemplateError(value.reason);
  if (!(value instanceof Dict)) throw new TemplateError("dictsort takes a dict");
  const keyOf = (entry: [Value, Value]) => {
    const key = entry[order === "key" ? 0 : 1];
    return isTrue(caseSensitive ?? false) ? key : folded(key);
  };
  return sorted(value.entries(), keyOf, isTrue(reverse ?? false)).map((entry) => new Tuple(entry));
});

const sort = builtin(
  "reverse? case_sensitive? attribute?",
  (cx, value, reverse, caseSensitive, attribute) => {
    const paths =
      attribute instanceof Text ? attribute.text.split(",").map((path) => Text.own(path)) : [attribute];
    const readers = paths.map((path) => keyReader(cx, path, caseSensitive));
    const items = listOf(value);
    cx.work.spend(items.length * 20);
    return sorted(items, (item) => readers.map((read) => read(item)), isTrue(reverse ?? false));
  },
);

const groupBy = builtin(
  "attribute default? case_sensitive?",
  (cx, value, attribute, otherwise, caseSensitive) => {
    const keyOf = keyReader(cx, attribute, caseSensitive, otherwise);
    const shown = pathReader(cx, attribute, otherwise);
    const groups: { key: Value; items: Value[] }[] = [];
    for (const item of sorted(listOf(value), keyOf)) {
      const key = keyOf(item);
      const last = groups.at(-1);
      if (last && isEqual(last.key, key)) last.items.push(item);
      else groups.push({ key, items: [item] });
    }
    return groups.map(({ items }) => new Tuple([shown(items[0]!), items], ["grouper", "list"]));
  },
);

function* pairs(value: Value): Generator<Value> {
  if (value instanceof Undefined) return;
  if (!(value instanceof Dict)) throw new TemplateError("Can only get item pairs from a mapping.");
  for (const entry of value.entries()) yield new Tuple(entry);
}

const size = builtin("", (_, value) => BigInt(lengthOf(value)));

export const SEQUENCE_FILTERS: Readonly<Record<string, Builtin>> = {
  batch: builtin("linecount fill_with?", (cx, value, count, fill) => {
    cx.work.list(intOf(count, 0));
    return new Stream(batches(value, intOf(count, 0), fill));
  }),
  count: size,
  length: size,
  dictsort: dictSort,
  first: builtin("", (_, value) => {
    const { done, value: item } = itemsOf(value)[Symbol.iterator]().next();
    return done ? new Undefined("No first item, sequence was empty.") : item;
  }),
  last: builtin("", (_, value) => reversed(value)[0] ?? new Undefined("No last item, sequence was empty.")),
  groupby: groupBy,
  items: builtin("", (_, value) => new Stream(pairs(value))),
  join: builtin("d? attribute?", (cx, value, separator, attribute) => {
    const read = pathReader(cx, attribute);
    const texts = Array.from(itemsOf(value), (item) => print(read(item)).marked(false));
    return join(cx.work, print(separator ?? Text.empty).marked(false), texts);
  }),
  list: builtin("", (_, value) => listOf(value)),
  max: extreme(-1),
  min: extreme(1),
  reverse: builtin("", (_, value) => {
    if (value instanceof Text) return Text.concat(value.characters().reverse()).marked(value.markup);
    return value instanceof Stream ? listOf(value).reverse() : new Stream(reversed(value));
  }),
  slice: builtin("slices fill_with?", (cx, value, count, fill) => {
    const parts = intOf(count, 0);
    cx.work.list(parts);
    if (parts === 0) throw new TemplateError("integer division or modulo by zero");
    return new Stream(slices(value, parts, fill));
  }),
  sort,
  sum: builtin("attribute? start?", (cx, value, attribute, start) => {
    const read = pathReader(cx, attribute);
    if (start instanceof Text) throw new TemplateError("sum() can't sum strings [use ''.join(seq) instead]");
    let total: Value = start ?? 0n;
    for (const item of itemsOf(value)) total = calculate(cx.work, "+", total, read(item));
    return total;
  }),
  unique: builtin(
    "case_sensitive? attribute?",
    (cx, value, caseSensitive, attribute) =>
      new Stream(distinct(value, keyReader(cx, attribute, caseSensitive))),
  ),
};
