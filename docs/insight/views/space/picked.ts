import type { Region } from "../../scene/instances.js";
import type { Panel } from "../../scene/layout.js";
import { evenly, type Line, linesBetween } from "../../scene/lines.js";
import { wholeOf } from "./regions.js";

/** What tokens pick of a table: their rows of it, with a line from each to where it comes to. Of many tokens some stand for all. */
export function picked(
  ids: readonly number[],
  table: Panel | undefined,
  output: Panel | undefined,
): { regions: Region[]; lines: Line[] } {
  if (!table || !output) return { regions: [], lines: [] };
  const pairs = evenly(ids.map((id, at) => ({ id, at })));
  const middle = Math.floor(table.box.columns / 2);
  return {
    regions: [...pairs.map(({ id }) => ({ ...wholeOf(table), top: id, rows: 1 })), wholeOf(output)],
    lines: pairs.flatMap(({ id, at }) =>
      linesBetween([{ panel: table, row: id, column: middle }], { panel: output, row: at, column: 0 }),
    ),
  };
}
