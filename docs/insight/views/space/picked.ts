import type { Region } from "../../scene/instances.js";
import type { Panel } from "../../scene/layout.js";
import { evenly, type Line, linesBetween } from "../../scene/lines.js";

/** What tokens pick of a table: their rows, there and where they come to, with a line from each. Of many tokens some stand for all. */
export function picked(
  ids: readonly number[],
  table: Panel | undefined,
  output: Panel | undefined,
): { regions: Region[]; lines: Line[] } {
  const pairs = table && output ? evenly(ids.map((id, at) => ({ id, at }))) : [];
  const rowOf = (panel: Panel, top: number) => ({
    ...{ panel, top, left: 0, rows: 1, columns: panel.box.columns },
  });
  return {
    regions: pairs.flatMap(({ id, at }) => [rowOf(table!, id), rowOf(output!, at)]),
    lines: pairs.flatMap(({ id, at }) =>
      linesBetween([{ panel: table!, row: id, column: table!.box.columns - 1 }], {
        ...{ panel: output!, row: at, column: 0 },
      }),
    ),
  };
}
