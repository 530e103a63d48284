import { decimalNumber } from "@llm/platform/command";

/** A parser of whole numbers from `low` on, which may be below 0. */
export function integerFrom(low: number): (text: string) => number {
  const parse = decimalNumber(low, Number.MAX_SAFE_INTEGER);
  return (text) => {
    const value = parse(text);
    if (Number.isInteger(value)) return value;
    return parse(`no whole number: ${text}`);
  };
}

/** The seed that `--seed` asks for: -1, as in llama.cpp, is one that nobody can foresee. */
export function seedOf(asked: number): number {
  return asked === -1 ? crypto.getRandomValues(new Uint32Array(1))[0]! : asked;
}
