import { InvalidOptionError } from "../errors.js";
import { isRight, sharesAt, type TasksResult } from "./evaluate-tasks.js";
import { type Estimate, estimate } from "./interval.js";

/** By how much one result is better than another on the same tasks. */
export interface PairedDifference {
  /** Of pass@k, for each k that both have. */
  passAt: Record<number, Estimate>;
  greedy: Estimate;
}

/**
 * The mean over tasks of what `a` reaches less what `b` reaches, and its 95% interval: Student's t over the differences of each
 * task. It is narrower than that of two results apart, since tasks that are hard for one are hard for the other (Miller 2024,
 * "Adding error bars to evals", arXiv 2411.00640). An interval above 0 says that `a` is better.
 *
 * @throws InvalidOptionError where they are not of the same tasks in the same order
 */
export function comparePaired(a: TasksResult, b: TasksResult): PairedDifference {
  const keyOf = ({ prompt }: TasksResult["tasks"][number]) => JSON.stringify(prompt);
  const other = a.tasks.findIndex(
    (task, i) => b.tasks[i] === undefined || keyOf(task) !== keyOf(b.tasks[i]!),
  );
  if (other >= 0 || a.tasks.length !== b.tasks.length) {
    const at = other >= 0 ? other : a.tasks.length;
    throw new InvalidOptionError("b", `b is not of the same tasks as a: their prompts part at task ${at}`);
  }
  const difference = (ofA: readonly number[], ofB: readonly number[]) =>
    estimate(ofA.map((value, i) => value - ofB[i]!));
  const greedy = ({ tasks }: TasksResult) => tasks.map(({ greedy }) => Number(isRight(greedy)));
  const both = Object.keys(a.passAt).filter((k) => Object.hasOwn(b.passAt, k));
  return {
    passAt: Object.fromEntries(
      both.map((k) => [k, difference(sharesAt(Number(k), a.tasks), sharesAt(Number(k), b.tasks))]),
    ),
    greedy: difference(greedy(a), greedy(b)),
  };
}
