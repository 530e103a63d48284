// How arguments reach functions of the language.
import { TemplateError } from "../errors.js";
import type { Context } from "./context.js";
import { Text } from "./text.js";
import { asInt, type Named, None, typeOf, Undefined, type Value } from "./values.js";

/** A function, method, filter or test: arguments come in the order of its signature, undefined where not passed. */
export interface Builtin<T extends Value = Value> {
  readonly signature: Signature;
  readonly run: (cx: Context, self: T, ...args: (Value | undefined)[]) => Value;
}

interface Signature {
  readonly names: readonly string[];
  readonly required: number;
  /** Whether arguments may be passed by name. */
  readonly named: boolean;
}

/**
 * @param signature names of the arguments, with `?` behind those that may be left out; `/` in front where none may be
 * passed by name.
 */
export function builtin<T extends Value>(signature: string, run: Builtin<T>["run"]): Builtin<T> {
  const words = signature.split(" ").filter((word) => word !== "");
  const named = words[0] !== "/";
  const names = named ? words : words.slice(1);
  return {
    signature: {
      names: names.map((name) => name.replace("?", "")),
      required: names.filter((name) => !name.endsWith("?")).length,
      named,
    },
    run,
  };
}

/** @throws TemplateError where there are too many, too few or unknown ones. */
export function bind(
  what: string,
  { names, required, named: byName }: Signature,
  args: readonly Value[],
  named: Named,
): (Value | undefined)[] {
  if (args.length > names.length) {
    throw new TemplateError(`${what}() takes at most ${names.length} arguments (${args.length} given)`);
  }
  const bound: (Value | undefined)[] = [...args];
  for (const [name, value] of named) {
    const at = byName ? names.indexOf(name) : -1;
    if (at < 0) throw new TemplateError(`${what}() got an unexpected keyword argument '${name}'`);
    if (bound[at] !== undefined)
      throw new TemplateError(`${what}() got multiple values for argument '${name}'`);
    bound[at] = value;
  }
  for (let i = 0; i < required; i++) {
    if (bound[i] === undefined) throw new TemplateError(`${what}() misses the argument '${names[i]}'`);
  }
  return bound;
}

/** A string argument. */
export function textOf(value: Value | undefined, what = "argument"): Text {
  if (value instanceof Text) return value;
  throw new TemplateError(`${what} must be str, not ${value === undefined ? "missing" : typeOf(value)}`);
}

/** An int argument; the other value where it is missing or, with `orNone`, None. */
export function intOf(value: Value | undefined, otherwise: number, orNone = false): number {
  if (value === undefined || (orNone && value === None)) return otherwise;
  if (value instanceof Undefined) throw new TemplateError(value.reason);
  const int = asInt(value);
  if (int === undefined)
    throw new TemplateError(`'${typeOf(value)}' object cannot be interpreted as an integer`);
  return Number(int);
}
