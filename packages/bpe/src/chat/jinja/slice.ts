// Python's value[start:stop:step].
import { TemplateError } from "../errors.js";
import type { Work } from "./context.js";
import { indexable } from "./sequences.js";
import { Text } from "./text.js";
import { asInt, None, Range, type Slice, Tuple, typeOf, type Value } from "./values.js";

export function sliceOf(work: Work, value: Value, { bounds }: Slice): Value {
  const items = indexable(value);
  const length = value instanceof Text ? value.length : items?.length;
  const [start, stop, step] = bounds.map((bound) => (bound === None ? null : asInt(bound)));
  if (length === undefined || start === undefined || stop === undefined || step === undefined) {
    throw new TemplateError(`'${typeOf(value)}' object has no such slice`);
  }
  if (step === 0n) throw new TemplateError("slice step cannot be zero");
  const by = step === null ? 1 : Number(step);
  const [low, high] = by > 0 ? [0, length] : [-1, length - 1];
  const place = (bound: bigint | null, otherwise: number) =>
    bound === null
      ? otherwise
      : Math.min(high, Math.max(low, Number(bound < 0n ? bound + BigInt(length) : bound)));
  const from = place(start, by > 0 ? low : high);
  const to = place(stop, by > 0 ? high : low);

  if (value instanceof Text) {
    work.spend(length);
    if (by === 1) return value.slice(value.unitAt(from), value.unitAt(Math.max(from, to)));
    work.list(length);
    return Text.concat(taken(value.characters(), from, to, by)).marked(value.markup);
  }
  work.list(length);
  if (value instanceof Range) {
    const at = (index: number) => value.start + BigInt(index) * value.step;
    return new Range(at(from), at(to), value.step * BigInt(by));
  }
  return Array.isArray(value) ? taken(value, from, to, by) : new Tuple(taken(items!, from, to, by));
}

function taken<T>(items: readonly T[], from: number, to: number, by: number): T[] {
  const found: T[] = [];
  for (let at = from; by > 0 ? at < to : at > to; at += by) found.push(items[at]!);
  return found;
}
