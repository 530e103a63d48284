import type { Parameter } from "@llm/tensor";
import { OptionsError } from "../errors.js";

/** A tied weight counts once; two weights of one name could not be told apart in a checkpoint. */
export function distinct(parameters: readonly Parameter[]): Parameter[] {
  const all = [...new Set(parameters)];
  const names = new Set(all.map(({ name }) => name));
  if (names.size < all.length) {
    const twice = all.find((p, i) => all.findIndex(({ name }) => name === p.name) < i);
    throw new OptionsError(`two parameters are named "${twice?.name}"; names must differ`);
  }
  return all;
}
