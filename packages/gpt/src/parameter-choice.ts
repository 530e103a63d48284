import { OptionsError } from "./errors.js";

/** A weight's name, with `*` for any characters; or a regular expression that it must match somewhere. */
export type NamePattern = string | RegExp;

/** Some of a model's weights. */
export interface ParameterChoice {
  /** Those that one of the patterns has. Default: all. */
  only?: NamePattern | readonly NamePattern[];
  /** But for those that one of the patterns has. */
  except?: NamePattern | readonly NamePattern[];
}

function expressionOf(pattern: NamePattern): RegExp {
  if (pattern instanceof RegExp) return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")); // no lastIndex
  const parts = String(pattern)
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/**
 * The weights of a choice, in their order.
 * @throws {OptionsError} for a pattern that no weight has
 */
export function chosen<T extends { readonly name: string }>(
  weights: readonly T[],
  { only, except }: ParameterChoice,
): T[] {
  const namedBy = (patterns: ParameterChoice["only"], option: string) => {
    const list = patterns === undefined ? [] : ([patterns].flat() as readonly NamePattern[]);
    const found = new Set<T>();
    for (const pattern of list) {
      const expression = expressionOf(pattern);
      const some = weights.filter(({ name }) => expression.test(name));
      if (some.length === 0) {
        const names = weights.slice(0, 3).map(({ name }) => name);
        throw new OptionsError(
          `${option} is ${String(pattern)}, which no weight is named; names are ${names.join(", ")}, ..`,
        );
      }
      for (const weight of some) found.add(weight);
    }
    return found;
  };
  const wanted = only === undefined ? new Set(weights) : namedBy(only, "only");
  const left = namedBy(except, "except");
  return weights.filter((weight) => wanted.has(weight) && !left.has(weight));
}
