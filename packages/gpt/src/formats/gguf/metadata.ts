// The key-value pairs of a GGUF file: their types, how each is written, and how they are asked for.
import { ConfigError } from "../../errors.js";

/** A value of a GGUF file's metadata. 64-bit integers are numbers where a number holds them exactly. */
export type GGUFValue = number | bigint | boolean | string | readonly GGUFValue[];

/** The types of values, each at its number in a file. */
export const VALUE_TYPES = [
  "u8",
  "i8",
  "u16",
  "i16",
  "u32",
  "i32",
  "f32",
  "bool",
  "string",
  "array",
  "u64",
  "i64",
  "f64",
] as const;

/** A pair to be written. */
export type MetadataEntry = readonly [
  key: string,
  ...value:
    | readonly ["u32" | "f32", number]
    | readonly ["bool", boolean]
    | readonly ["string", string]
    | readonly ["strings", readonly string[]]
    | readonly ["i32s" | "f32s", readonly number[]],
];

/** The pairs of a file: a refusal names file, key, value and the way out. */
export class Metadata {
  readonly all: ReadonlyMap<string, GGUFValue>;
  readonly #file: string;

  constructor(file: string, all: ReadonlyMap<string, GGUFValue>) {
    this.#file = file;
    this.all = all;
  }

  refuse(key: string, rule: string): never {
    const value = this.all.get(key);
    const shown =
      value === undefined
        ? "missing"
        : Array.isArray(value)
          ? `a list of ${value.length}`
          : JSON.stringify(typeof value === "bigint" ? String(value) : value);
    throw new ConfigError(`${this.#file}: ${key} is ${shown}; ${rule}`);
  }

  has(key: string): boolean {
    return this.all.has(key);
  }

  number(key: string, fallback?: number): number {
    const value = this.all.get(key) ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value)) this.refuse(key, "a number is needed");
    return value;
  }

  /** A number that some files give for each layer: one for all of them is what is computed here. */
  numberForAll(key: string, fallback?: number): number {
    const value = this.all.get(key);
    if (!Array.isArray(value)) return this.number(key, fallback);
    const [first] = value as readonly GGUFValue[];
    if (typeof first !== "number" || value.some((each) => each !== first)) {
      this.refuse(key, "layers that differ are not computed here");
    }
    return first;
  }

  text(key: string): string | undefined {
    const value = this.all.get(key);
    if (value !== undefined && typeof value !== "string") this.refuse(key, "a text is needed");
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.all.get(key);
    if (value !== undefined && typeof value !== "boolean") this.refuse(key, "true or false is needed");
    return value;
  }

  texts(key: string): readonly string[] | undefined {
    return this.#list(key, "string") as readonly string[] | undefined;
  }

  numbers(key: string): readonly number[] | undefined {
    return this.#list(key, "number") as readonly number[] | undefined;
  }

  /** Refuses what changes the result, unless it has one of the values that are computed. */
  only(key: string, ...accepted: readonly GGUFValue[]): void {
    const value = this.all.get(key);
    if (value === undefined || accepted.includes(value)) return;
    this.refuse(key, `only ${accepted.map((each) => JSON.stringify(each)).join(" or ")} is computed here`);
  }

  #list(key: string, kind: "string" | "number"): readonly GGUFValue[] | undefined {
    const value = this.all.get(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.some((each) => typeof each !== kind)) {
      this.refuse(key, `a list of ${kind}s is needed`);
    }
    return value as readonly GGUFValue[];
  }
}
