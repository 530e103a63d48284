import type { Panel } from "../../scene/layout.js";

/** How many learned numbers there are. */
export function weightsOf(panels: readonly Panel[]): number {
  return panels
    .filter(({ plane, box: { kind } }) => plane === 0 && kind === "weight")
    .reduce((sum, { box: { planes, rows, columns } }) => sum + planes * rows * columns, 0);
}
