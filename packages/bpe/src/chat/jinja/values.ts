// Python's values. A bool is a boolean, an int a bigint, a float a number, a list an array.
import { TemplateError } from "../errors.js";
import { Text } from "./text.js";

export type Value = boolean | bigint | number | Text | Value[] | Tuple | Dict | Undefined | Thing;

/** What is passed by name. */
export type Named = ReadonlyMap<string, Value>;

/** A value with a behaviour of its own: functions, `loop`, namespaces, ranges, iterators. */
export abstract class Thing {
  static #made = 0;
  /** Python's name of the type. */
  abstract readonly type: string;
  /** No two are equal. */
  readonly serial = Thing.#made++;
  /** The attribute of that name; undefined where there is none. */
  attribute(_name: string): Value | undefined {
    return undefined;
  }
  /** Python's `str()`; undefined where that would be an address in memory. */
  text(): string | undefined {
    return undefined;
  }
  /** Undefined where it cannot be iterated. */
  items(): Iterable<Value> | undefined {
    return undefined;
  }
  /** Python's `len()`. */
  size(): number | undefined {
    return undefined;
  }
}

/** The one of its kind. */
class NoneType extends Thing {
  override readonly type = "NoneType";
  override text(): string {
    return "None";
  }
}

export type None = NoneType;
export const None = new NoneType();

export class Tuple {
  readonly items: readonly Value[];
  /** Names of the items, for a named tuple. */
  readonly names: readonly string[];

  constructor(items: readonly Value[], names: readonly string[] = []) {
    this.items = items;
    this.names = names;
  }
}

/** What a name, attribute or item is that is not there. Printed it is nothing; most other uses are errors. */
export class Undefined {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A function, a method or a macro. */
export class Callable extends Thing {
  override readonly type: string = "builtin_function_or_method";
  readonly call: (args: readonly Value[], named: Named) => Value;

  constructor(call: (args: readonly Value[], named: Named) => Value) {
    super();
    this.call = call;
  }
}

/** Keeps the order in which keys came. Equal keys of different types are one, as in Python: 1, 1.0 and true. */
export class Dict {
  readonly #entries = new Map<string, [Value, Value]>();

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  static of(named: Named): Dict {
    return new Dict(Array.from(named, ([key, value]) => [Text.own(key), value] as const));
  }

  get size(): number {
    return this.#entries.size;
  }

  set(key: Value, value: Value): void {
    const hash = hashOf(key);
    const entry = this.#entries.get(hash);
    if (entry) entry[1] = value;
    else this.#entries.set(hash, [key, value]);
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(hashOf(key))?.[1];
  }

  has(key: Value): boolean {
    return this.#entries.has(hashOf(key));
  }

  keys(): Value[] {
    return Array.from(this.#entries.values(), ([key]) => key);
  }

  values(): Value[] {
    return Array.from(this.#entries.values(), ([, value]) => value);
  }

  entries(): [Value, Value][] {
    return [...this.#entries.values()];
  }
}

/** The keys, values or items of a dict. */
export class DictView extends Thing {
  override readonly type: string;
  readonly #items: () => Value[];

  constructor(kind: "keys" | "values" | "items", dict: Dict) {
    super();
    this.type = `dict_${kind}`;
    this.#items = () => (kind === "items" ? dict.entries().map((entry) => new Tuple(entry)) : dict[kind]());
  }
  override items(): Value[] {
    return this.#items();
  }
  override size(): number {
    return this.#items().length;
  }
}

/** What can be read once: a generator, an iterator. */
export class Stream extends Thing {
  override readonly type = "generator";
  readonly #iterator: IterableIterator<Value>;

  constructor(items: Iterable<Value>) {
    super();
    const iterator = items[Symbol.iterator]();
    // A reader that stops early leaves the rest for the next one.
    this.#iterator = { next: () => iterator.next(), [Symbol.iterator]: () => this.#iterator };
  }
  override items(): Iterable<Value> {
    return this.#iterator;
  }
}

/** Python's `range`. */
export class Range extends Thing {
  override readonly type = "range";
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;

  constructor(start: bigint, stop: bigint, step: bigint) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
  override attribute(name: string): Value | undefined {
    return name === "start" || name === "stop" || name === "step" ? this[name] : undefined;
  }
  override text(): string {
    return `range(${this.start}, ${this.stop}${this.step === 1n ? "" : `, ${this.step}`})`;
  }
  override size(): number {
    const [span, step] =
      this.step > 0n ? [this.stop - this.start, this.step] : [this.start - this.stop, -this.step];
    return span <= 0n ? 0 : Number((span + step - 1n) / step);
  }
  override items(): bigint[] {
    return Array.from({ length: this.size() }, (_, i) => this.start + BigInt(i) * this.step);
  }
}

/** A place for variables that a loop can set. */
export class Namespace extends Thing {
  override readonly type = "Namespace";
  readonly variables = new Map<string, Value>();

  /** @throws TemplateError for a name that starts with an underscore, as in transformers. */
  set(name: string, value: Value): void {
    if (name.startsWith("_")) {
      throw new TemplateError(`a namespace cannot hold '${name}': its name starts with an underscore`);
    }
    this.variables.set(name, value);
  }
  override attribute(name: string): Value | undefined {
    return this.variables.get(name);
  }
}

/** Start, stop and step of `[a:b:c]`, not yet applied. */
export class Slice {
  readonly bounds: readonly [Value, Value, Value];

  constructor(bounds: readonly [Value, Value, Value]) {
    this.bounds = bounds;
  }
}

/** Python's name of a value's type. */
export function typeOf(value: Value): string {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "float";
    default:
  }
  if (value instanceof Text) return "str";
  if (Array.isArray(value)) return "list";
  if (value instanceof Tuple) return "tuple";
  if (value instanceof Dict) return "dict";
  return value instanceof Undefined ? "Undefined" : value.type;
}

/** Whether an argument is missing or None. */
export function isNothing(value: Value | undefined): value is undefined | None {
  return value === undefined || value === None;
}

/** Python's `bool()`. */
export function isTrue(value: Value): boolean {
  if (value === None || value instanceof Undefined) return false;
  if (typeof value !== "object") return Boolean(value);
  if (value instanceof Text) return value.text !== "";
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Dict) return value.size > 0;
  return value.size() !== 0;
}

/** An int, which a bool is too; undefined for anything else. */
export function asInt(value: Value | undefined): bigint | undefined {
  return typeof value === "boolean" ? BigInt(value) : typeof value === "bigint" ? value : undefined;
}

export function isNumber(value: Value): value is boolean | bigint | number {
  return typeof value === "boolean" || typeof value === "bigint" || typeof value === "number";
}

/** The same for equal keys, and only for those. */
export function hashOf(key: Value): string {
  if (typeof key === "boolean" || typeof key === "bigint") return `n${BigInt(key)}`;
  if (typeof key === "number") return Number.isInteger(key) ? `n${BigInt(key)}` : `f${key}`;
  if (key instanceof Text) return `s${key.text}`;
  if (key instanceof Undefined) return "undefined";
  if (key instanceof Tuple) {
    const parts = key.items.map(hashOf);
    return `t${parts.map((part) => `${part.length}:${part}`).join("")}`;
  }
  if (Array.isArray(key) || key instanceof Dict) throw new TemplateError(`unhashable type: '${typeOf(key)}'`);
  return `o${key.serial}`;
}
