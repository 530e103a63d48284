import type { TrainingRecord } from "../../engine/training.js";
import type { Grid } from "../../heatmap.js";
import { rising } from "../../palette.js";

/**
 * Gradient norms as a strip, on a logarithmic scale from the 2nd to the 98th hundredth of all: the first steps' spike does not
 * darken what follows.
 */
export function gradientGrid(parameters: readonly string[], records: readonly TrainingRecord[]): Grid {
  const [low, high] = range(records);
  return {
    rows: parameters.length,
    columns: records.length,
    colour: (row, column) => rising(share(records[column]!.norms[row]!, low, high)),
    words: (row, column) => {
      const { step, norms } = records[column]!;
      return `${parameters[row]}, step ${step}: ${norms[row]!.toPrecision(4)}`;
    },
  };
}

/** The norms between which colours differ. */
export function range(
  records: readonly { readonly norms: readonly number[] }[],
): [low: number, high: number] {
  const all = records.flatMap(({ norms }) => norms.filter((norm) => norm > 0)).sort((a, b) => a - b);
  const at = (part: number) => all[Math.floor(part * (all.length - 1))] ?? 1;
  return [at(0.02), at(0.98)];
}

/** Where a norm lies between them, from 0 to 1. */
export function share(norm: number, low: number, high: number): number {
  if (!(norm > 0)) return 0;
  return high > low ? Math.log(norm / low) / Math.log(high / low) : 1;
}
