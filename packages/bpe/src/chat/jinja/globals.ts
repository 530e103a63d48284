// Functions that every template knows, transformers' own among them.
import { TemplateError } from "../errors.js";
import type { Context } from "./context.js";
import { print } from "./print.js";
import { itemsOf } from "./sequences.js";
import { intOf, textOf } from "./signature.js";
import { formatTime } from "./strftime.js";
import { Text } from "./text.js";
import {
  asInt,
  Callable,
  Dict,
  type Named,
  Namespace,
  None,
  Range,
  Undefined,
  type Value,
} from "./values.js";

/** The longest range, as in Jinja's sandbox. */
const MOST_IN_RANGE = 100_000;

class Cycler extends Callable {
  override readonly type = "Cycler";
  readonly #items: readonly Value[];
  #at = 0;

  constructor(items: readonly Value[]) {
    super(() => {
      throw new TemplateError("'Cycler' object is not callable");
    });
    if (items.length === 0) throw new TemplateError("at least one item has to be provided");
    this.#items = items;
  }

  override attribute(name: string): Value | undefined {
    const current = this.#items[this.#at]!;
    if (name === "current") return current;
    if (name === "next") {
      return new Callable(() => {
        const item = this.#items[this.#at]!;
        this.#at = (this.#at + 1) % this.#items.length;
        return item;
      });
    }
    if (name !== "reset") return undefined;
    return new Callable(() => {
      this.#at = 0;
      return None;
    });
  }
}

function createJoiner(separator: Value): Callable {
  let used = false;
  return new Callable(() => {
    if (used) return separator;
    used = true;
    return Text.empty;
  });
}

function entriesOf(args: readonly Value[], named: Named): Dict {
  if (args.length > 1) throw new TemplateError(`dict expected at most 1 argument, got ${args.length}`);
  const dict = new Dict();
  const [source] = args;
  if (source instanceof Dict) for (const [key, value] of source.entries()) dict.set(key, value);
  else if (source !== undefined) {
    for (const item of itemsOf(source)) {
      const pair = Array.from(itemsOf(item));
      if (pair.length !== 2) throw new TemplateError("a dict is made of pairs");
      dict.set(pair[0]!, pair[1]!);
    }
  }
  for (const [name, value] of named) dict.set(Text.own(name), value);
  return dict;
}

function createNamespace(args: readonly Value[], named: Named): Namespace {
  const namespace = new Namespace();
  for (const [key, value] of entriesOf(args, named).entries()) {
    namespace.set(textOf(key, "the name of a variable").text, value);
  }
  return namespace;
}

function createRange(cx: Context, args: readonly Value[], named: Named): Range {
  if (named.size > 0) throw new TemplateError("range() takes no keyword arguments");
  if (args.length < 1 || args.length > 3) throw new TemplateError("range expected 1 to 3 arguments");
  const ints = args.map((arg) => {
    intOf(arg, 0);
    return asInt(arg)!;
  });
  const [start, stop, step] = ints.length === 1 ? [0n, ints[0]!, 1n] : [ints[0]!, ints[1]!, ints[2] ?? 1n];
  if (step === 0n) throw new TemplateError("range() arg 3 must not be zero");
  const range = new Range(start, stop, step);
  if (range.size() > MOST_IN_RANGE) {
    throw new TemplateError(`a range has at most ${MOST_IN_RANGE} items`);
  }
  cx.work.list(range.size());
  return range;
}

/** @param now gives the time that `strftime_now` writes. */
export function createGlobals(cx: Context, now: () => Date): Map<string, Value> {
  const functions: Record<string, (args: readonly Value[], named: Named) => Value> = {
    range: (args, named) => createRange(cx, args, named),
    dict: entriesOf,
    namespace: createNamespace,
    cycler: (args) => new Cycler(args),
    joiner: ([separator], named) => createJoiner(separator ?? named.get("sep") ?? Text.own(", ")),
    lipsum: () => {
      throw new TemplateError("lipsum() is not supported");
    },
    raise_exception: ([message], named) => {
      throw new TemplateError(print(message ?? named.get("message") ?? new Undefined("no message")).text);
    },
    strftime_now: ([format], named) =>
      Text.own(formatTime(now(), textOf(format ?? named.get("format")).text)),
  };
  return new Map(Object.entries(functions).map(([name, call]) => [name, new Callable(call)]));
}
