/** A part of a view's state: what it is at first, and how it is written in a link. */
export interface Field<T> {
  readonly initial: T;
  write(value: T): string;
  /** @returns undefined for what it cannot be */
  read(text: string): T | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a field of any type
export type Fields = Readonly<Record<string, Field<any>>>;

export type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export interface NumberField extends Field<number> {
  /** From the least to the most that it can be. */
  readonly range: readonly [low: number, high: number];
  readonly isWhole?: true;
}

export function numberField(initial: number, low: number, high: number): NumberField {
  return {
    initial,
    range: [low, high],
    write: String,
    read(text) {
      const value = text.trim() === "" ? Number.NaN : Number(text);
      return value >= low && value <= high ? value : undefined;
    },
  };
}

/** A whole number. */
export function countField(initial: number, low: number, high: number): NumberField {
  const field = numberField(initial, low, high);
  return {
    ...field,
    isWhole: true,
    read(text) {
      const value = field.read(text);
      return Number.isInteger(value) ? value : undefined;
    },
  };
}

export function textField(initial: string): Field<string> {
  return { initial, write: (value) => value, read: (text) => text };
}

export function choiceField<const T extends string>(initial: T, choices: readonly T[]): Field<T> {
  return { initial, write: (value) => value, read: (text) => choices.find((choice) => choice === text) };
}

/** Lists of token ids, such as the branches of a tree: `12.5_12.7`. */
export const pathsField: Field<readonly (readonly number[])[]> = {
  initial: [],
  write: (paths) => paths.map((path) => path.join(".")).join("_"),
  read(text) {
    if (!/^[\d._]*$/.test(text)) return undefined;
    const paths = text.split("_").map((path) => path.split(".").filter(Boolean).map(Number));
    return paths.every((path) => path.every(Number.isSafeInteger))
      ? paths.filter((path) => path.length > 0)
      : undefined;
  },
};

/** The order of things that have names; empty: the usual order. */
export function orderField<const T extends string>(names: readonly T[]): Field<readonly T[]> {
  return {
    initial: [],
    write: (order) => order.join("-"),
    read(text) {
      const order = text.split("-").filter(Boolean);
      const known = order.filter((name): name is T => (names as readonly string[]).includes(name));
      return known.length === order.length && new Set(order).size === order.length ? known : undefined;
    },
  };
}
