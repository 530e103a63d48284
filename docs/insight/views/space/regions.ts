import type { Region } from "../../scene/instances.js";
import type { Panel } from "../../scene/layout.js";
import { placeOf } from "../../scheme.js";

interface Cell {
  readonly tensor: string;
  readonly index: readonly number[];
}

/** The least rectangles that hold these cells, one for each plane of each tensor. */
export function regionsOf(cells: readonly Cell[], panels: readonly Panel[]): Region[] {
  const ends = new Map<Panel, { top: number; left: number; bottom: number; right: number }>();
  const byName = grouped(panels);
  for (const { tensor, index } of cells) {
    const planes = byName.get(tensor);
    if (!planes) continue;
    const { plane, row, column } = placeOf(planes[0]!.box.shape, index);
    const panel = planes[plane]!;
    const { top, left, bottom, right } = ends.get(panel) ?? {
      top: row,
      left: column,
      bottom: row,
      right: column,
    };
    ends.set(panel, {
      top: Math.min(top, row),
      left: Math.min(left, column),
      bottom: Math.max(bottom, row),
      right: Math.max(right, column),
    });
  }
  return [...ends].map(([panel, { top, left, bottom, right }]) => ({
    panel,
    top,
    left,
    rows: bottom - top + 1,
    columns: right - left + 1,
  }));
}

function grouped(panels: readonly Panel[]): Map<string, Panel[]> {
  const groups = new Map<string, Panel[]>();
  for (const panel of panels) groups.set(panel.box.name, [...(groups.get(panel.box.name) ?? []), panel]);
  return groups;
}

/** The first row, or the first column, of each panel: an axis. */
export function axisOf(panels: readonly Panel[], axis: "rows" | "columns"): Region[] {
  return panels.map((panel) => ({
    panel,
    top: 0,
    left: 0,
    rows: axis === "rows" ? panel.box.rows : 1,
    columns: axis === "rows" ? 1 : panel.box.columns,
  }));
}

export const wholeOf = (panel: Panel): Region => ({
  panel,
  top: 0,
  left: 0,
  rows: panel.box.rows,
  columns: panel.box.columns,
});
