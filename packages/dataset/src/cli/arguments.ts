import { parseArgs } from "node:util";
import { UsageError } from "./io.js";

/** An option of a command: "flag" takes no value. */
type OptionKind = "flag" | "text";

/** The options of a command by name, without the dashes. */
export type OptionSpec = Readonly<Record<string, OptionKind>>;

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** What was given. Readers check: a `UsageError` says which option is at fault. */
export class Arguments {
  readonly #operands: readonly string[];
  readonly #values: Values;
  readonly #command: string;

  /** @throws UsageError for options that are not in `spec`, and missing values. */
  constructor(command: string, argv: readonly string[], spec: OptionSpec) {
    this.#command = command;
    const options = Object.fromEntries(
      Object.entries(spec).map(([name, kind]) => [
        name,
        {
          type: kind === "flag" ? ("boolean" as const) : ("string" as const),
          ...(name === "help" && { short: "h" }),
        },
      ]),
    );
    try {
      const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
      this.#values = values as Values;
      this.#operands = positionals;
    } catch (error) {
      throw this.#error(faultOf(error as Error & { code?: string }, Object.keys(spec)));
    }
  }

  has(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    return this.#values[name] as string | undefined;
  }

  /** What stands beside the options: one for each name. */
  operands<const T extends readonly string[]>(...names: T): { [K in keyof T]: string } {
    const given = this.#operands;
    if (given.length > names.length) throw this.#error(`${given[names.length]} is one too many`);
    const missing = names[given.length];
    if (missing !== undefined) throw this.#error(`${missing} is missing`);
    return given as unknown as { [K in keyof T]: string };
  }

  required(name: string, what: string): string {
    const value = this.text(name);
    if (!value) throw this.#error(`--${name} is missing: ${what}`);
    return value;
  }

  number(name: string, low: number, high: number): number | undefined {
    const given = this.text(name);
    if (given === undefined) return undefined;
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= low && value <= high) return value;
    throw this.#error(`--${name} ${given}: it must be a whole number from ${low} to ${high}`);
  }

  choice<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const given = this.text(name);
    if (given === undefined || (choices as readonly string[]).includes(given)) return given as T | undefined;
    throw this.#error(`--${name} ${given}: it must be one of ${choices.join(", ")}`);
  }

  /** A regular expression. */
  pattern(name: string): RegExp | undefined {
    const given = this.text(name);
    try {
      return given === undefined ? undefined : new RegExp(given, "iu");
    } catch (error) {
      throw this.#error(`--${name} ${given}: ${(error as Error).message}`);
    }
  }

  #error(message: string): UsageError {
    return new UsageError(`${message}. "dataset ${this.#command} --help" lists what there is.`);
  }
}

function faultOf(error: Error & { code?: string }, known: readonly string[]): string {
  const unknown = error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" && /'(--?[^']+)'/.exec(error.message);
  if (!unknown) return error.message.split(/\.(?:\s|$)/)[0]!;
  const name = unknown[1]!.replace(/^-+/, "");
  const near = nearest(name, known);
  return `${unknown[1]} is no option here${near ? `, did you mean --${near}` : ""}`;
}

/** The name that differs least, if it differs little. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, distance: distance(given, name) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(2, best.name.length / 3) ? best.name : undefined;
}

/** Levenshtein's: letters to insert, delete or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
