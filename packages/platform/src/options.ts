// Mistakes in options, named: a name that nothing reads, one that is missing, a value of the wrong kind. Ranges, and what
// goes with what, are left to the function that knows.

const KINDS = {
  any: ["anything", () => true],
  array: ["an array", (value: unknown) => Array.isArray(value)],
  boolean: ["true or false", (value: unknown) => typeof value === "boolean"],
  count: ["a whole number of at least 1", (value: unknown) => isWhole(value) && value > 0],
  function: ["a function", (value: unknown) => typeof value === "function"],
  iterable: ["an iterable", (value: unknown) => isIterable(value)],
  list: ["a list of numbers", (value: unknown) => typeof value === "object" && value && "length" in value],
  natural: ["a whole number of at least 0", (value: unknown) => isWhole(value) && value >= 0],
  number: ["a number", (value: unknown) => typeof value === "number" && !Number.isNaN(value)],
  object: ["an object", (value: unknown) => typeof value === "object" && value && !Array.isArray(value)],
  signal: ["an AbortSignal", (value: unknown) => typeof value === "object" && value && "aborted" in value],
  string: ["a string", (value: unknown) => typeof value === "string"],
} as const satisfies Record<string, readonly [string, (value: unknown) => unknown]>;

type Name = keyof typeof KINDS;

/** What a value must be: a kind, one of several, or one of these words. */
export type Kind = Name | `${Name}|${Name}` | readonly string[];

/** The kinds of all options of a function; `!` marks those that must be given. */
export type Kinds<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? Kind : `${Name}!` | `${Name}|${Name}!`;
};

/** Makes the error of a mistake in the option (or argument) of this name. */
export type Fail = (message: string, name: string) => Error;

/**
 * Refuses options that `of` does not have, lacks, or cannot use. An option that is undefined counts as left out.
 *
 * @param of the function's name, for the message
 */
export function checkOptions<T extends object>(of: string, options: T, kinds: Kinds<T>, fail: Fail): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const example = Object.keys(kinds).slice(0, 3).join(", ");
    const takes = `it takes an object such as { ${example} }`;
    throw fail(
      options === undefined
        ? `${of} needs its options: ${takes}.`
        : `the options of ${of} are ${shown(options)}: ${takes}.`,
      "options",
    );
  }
  // Operations check their options at each call: for those that are right nothing is made.
  for (const name in options) {
    const value = options[name];
    if (value === undefined || !Object.hasOwn(options, name)) continue;
    if (!Object.hasOwn(kinds, name))
      throw fail(unknown(`${of} has no option`, name, Object.keys(kinds)), name);
    const kind = kinds[name] as Kind;
    if (!isOf(kind, value)) throw fail(misfit(`${name} of ${of}`, value, kind), name);
  }
  for (const name in kinds) {
    if (options[name] !== undefined) continue;
    const kind = kinds[name] as Kind;
    if (typeof kind !== "string" || !kind.endsWith("!")) continue;
    throw fail(`${of} needs the option ${name}: pass ${described(kind)}.`, name);
  }
}

/** Refuses a value that is not of this kind. `what` says which it is: "text of encode". */
export function checkKind(
  what: string,
  value: unknown,
  kind: Kind | `${Name}!`,
  fail: Fail,
  name: string = what.split(" ", 1)[0]!,
): void {
  if (!isOf(kind, value)) throw fail(misfit(what, value, kind), name);
}

function isOf(kind: Kind | `${Name}!`, value: unknown): boolean {
  if (typeof kind !== "string") return kind.includes(value as string);
  for (const name of namesOf(kind)) if (KINDS[name][1](value)) return true;
  return false;
}

function misfit(what: string, value: unknown, kind: Kind | `${Name}!`): string {
  const near = typeof value === "string" && typeof kind !== "string" ? suggestion(value, kind) : "";
  return `${what} is ${shown(value)}: ${near}it must be ${described(kind)}.`;
}

/** Refuses a value that lacks one of these methods. `wayOut` says what has them. */
export function checkMethods(
  what: string,
  value: unknown,
  methods: readonly string[],
  wayOut: string,
  fail: Fail,
): void {
  const missing = methods.find(
    (name) => typeof (Object(value) as Record<string, unknown>)[name] !== "function",
  );
  if (missing === undefined) return;
  throw fail(`${what} is ${shown(value)}, which has no ${missing}(): ${wayOut}.`, what.split(" ", 1)[0]!);
}

/** Says that there is no such name, and which one may have been meant, or which there are. */
export function unknown(lead: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `${lead} "${name}": ${near === undefined ? `it takes ${known.join(", ")}.` : `did you mean "${near}"?`}`;
}

/** The name that was probably meant, if one is near enough. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.round(name.length / 3)) + 1;
  for (const known of names) {
    const edits = distance(plain(name), plain(known));
    if (edits < least) [best, least] = [known, edits];
  }
  return best;
}

/** Spelt without case and without what stands between words: `top_p` is `topP`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\W_]/g, "");
}

/** Letters to put in, take out, replace, or swap with their neighbour (Damerau, 1964; no letter is touched twice). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, row[j]! + 1, next[j - 1]! + 1);
      const isSwapped = i > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) next[j] = Math.min(next[j], before[j - 2]! + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}

function suggestion(value: string, choices: readonly string[]): string {
  const near = nearest(value, choices);
  return near === undefined ? "" : `did you mean "${near}"? `;
}

/** There are no more than functions declare. */
const splitKinds = new Map<string, readonly Name[]>();

function namesOf(kind: string): readonly Name[] {
  const known = splitKinds.get(kind);
  if (known) return known;
  const split = kind.replace("!", "").split("|") as Name[];
  splitKinds.set(kind, split);
  return split;
}

function described(kind: Kind | `${Name}!`): string {
  const all =
    typeof kind === "string" ? namesOf(kind).map((name) => KINDS[name][0]) : kind.map((word) => `"${word}"`);
  return all.join(" or ");
}

/** A value as a message can hold it. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) {
    const kind: unknown = value.constructor?.name;
    return typeof kind === "string" && kind !== "Object" ? `an object (${kind})` : "an object";
  }
  return String(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isIterable(value: unknown): boolean {
  // A text is one of characters, which nobody means.
  return (
    typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}
