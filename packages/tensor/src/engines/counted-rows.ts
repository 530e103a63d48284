import { IndexError } from "../errors.js";
import type { Reduction } from "../kernel-arguments.js";

interface Rows {
  readonly rows: number;
  readonly classes: number;
  readonly ignoreIndex: number;
}

/** Throws an IndexError where a target is neither a class nor ignored. `op` names the caller. */
export function checkTargets(
  op: string,
  targets: ArrayLike<number>,
  { rows, classes, ignoreIndex }: Rows,
): void {
  for (let r = 0; r < rows; r++) {
    const goal = targets[r]!;
    if (goal === ignoreIndex || (goal >= 0 && goal < classes)) continue;
    throw new IndexError(
      `${op}: target ${goal} is not in [0, ${classes}). Set ignoreIndex to leave rows out.`,
    );
  }
}

/** What the sum over the rows is divided by: see CrossEntropyArgs.divisor. */
export function divisorOf(
  targets: ArrayLike<number>,
  mask: ArrayLike<number> | null,
  { rows, ignoreIndex, reduction }: Rows & { readonly reduction: Reduction },
): number {
  if (reduction === "sum") return 1;
  let counted = 0;
  let nothing = true;
  for (let r = 0; r < rows; r++) {
    if (targets[r] === ignoreIndex) continue;
    const weight = mask ? mask[r]! : 1;
    counted += weight;
    if (weight !== 0) nothing = false;
  }
  if (nothing) return 0;
  return counted > 0 ? counted : Number.NaN;
}

/** x / divisor, and 0 where nothing is counted. */
export const shareOf = (x: number, divisor: number): number => (divisor === 0 ? 0 : x / divisor);
