import type { Grid } from "../../scene/atlas.js";
import type { Panel } from "../../scene/layout.js";

/** Shares of many, and the scores that they are made of: what counts of a row is the largest. */
const SHARES = /^(logits(\.raw)?|probabilities)$|\.attn\.(scores|capped|masked|weights)$/;

/**
 * The column of a row that stands for it: of shares and scores the strongest one, else the first. A large tensor has means
 * instead of cells: there it is `best`, the row's best token.
 */
export function strongest(
  { box: { name, rows, columns } }: Panel,
  row: number,
  grid: Grid | undefined,
  best = 0,
): number {
  if (!grid || !SHARES.test(name)) return 0;
  if (grid.rows !== rows || grid.columns !== columns) return Math.min(best, columns - 1);
  const values = grid.values.subarray(row * columns, (row + 1) * columns);
  return values.reduce((most, value, i) => (value > values[most]! ? i : most), 0);
}
