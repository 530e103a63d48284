import type { TensorDescription } from "@llm/gpt/inspect";
import { statisticOf } from "../../../statistics.js";
import { type Equation, equationOf } from "./chain.js";

/**
 * The steps in which a chain comes about: a tensor each. What a norm or a softmax counts of a row is a step of its own, before what
 * is made of it.
 */
export function stepsOf(
  all: ReadonlyMap<string, TensorDescription>,
  equations: readonly Equation[],
): Equation[] {
  const done = new Set<string>();
  return equations.flatMap((equation) => {
    const counted = equation.terms.filter(({ tensor }) => statisticOf(tensor) && !done.has(tensor));
    for (const { tensor } of counted) done.add(tensor);
    return [...counted.map(({ tensor }) => equationOf(tensor, all.get(tensor)!.cell!)), equation];
  });
}
