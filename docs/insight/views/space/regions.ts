import type { Region } from "../../scene/instances.js";
import { isGiven, type Panel } from "../../scene/layout.js";
import { evenly } from "../../scene/lines.js";
import type { PickedCell } from "../../scene/pick.js";
import { placeOf } from "../../scheme.js";

/** The planes of each tensor. */
export type Planes = ReadonlyMap<string, readonly Panel[]>;

interface Cell {
  readonly tensor: string;
  readonly index: readonly number[];
}

/** Where cells stand; what is no part of the picture is left out. */
export function placesOf(cells: readonly Cell[], planesOf: Planes): PickedCell[] {
  return cells.flatMap(({ tensor, index }) => {
    const planes = planesOf.get(tensor);
    if (!planes) return [];
    const { plane, row, column } = placeOf(planes[0]!.box.shape, index);
    return [{ panel: planes[plane]!, row, column }];
  });
}

/** A cell, with those that it is computed from. */
export interface Step extends Cell {
  readonly operands: readonly Cell[];
}

/** Where cells stand, each with what it is computed from. */
export const placedSteps = (steps: readonly Step[], planes: Planes) =>
  steps.flatMap((step) =>
    placesOf([step], planes).map((to) => ({ to, from: placesOf(step.operands, planes) })),
  );

/** The least rectangles that hold these cells, one for each plane of each tensor. */
export function regionsOf(cells: readonly PickedCell[]): Region[] {
  const ends = new Map<Panel, { top: number; left: number; bottom: number; right: number }>();
  for (const { panel, row, column } of cells) {
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

/** Planes that stand before these cells in their tensors, and have none of them. */
export function before(cells: readonly PickedCell[], planesOf: Planes): Set<Panel> {
  const own = new Set(cells.map(({ panel }) => panel));
  const all = [...own].flatMap(({ box, plane }) => planesOf.get(box.name)?.slice(0, plane) ?? []);
  return new Set(all.filter((panel) => !own.has(panel)));
}

export function byTensor(panels: readonly Panel[]): Planes {
  const groups = new Map<string, Panel[]>();
  for (const panel of panels) {
    const planes = groups.get(panel.box.name);
    if (planes) planes.push(panel);
    else groups.set(panel.box.name, [panel]);
  }
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

/** The last row of each panel that is computed. */
export const lastRow = (panels: readonly Panel[]): Region[] =>
  panels
    .filter(({ box }) => !isGiven(box))
    .map((panel) => ({
      ...{ panel, top: panel.box.rows - 1, left: 0, rows: 1 },
      columns: panel.box.columns,
    }));

/** Of each panel, rows that have one cell more than the one before: of many some, as lines do. */
export function growing(panels: readonly Panel[]): Region[] {
  return panels.flatMap((panel) =>
    evenly(Array.from({ length: panel.box.rows }, (_, row) => row)).map((top) => ({
      ...{ panel, top, left: 0, rows: 1 },
      columns: Math.min(top + 1, panel.box.columns),
    })),
  );
}

/** Of planes that stand behind each other so many are looked at: all of many heads would be a small pile of plates. */
const NEAR = 4;

export const near = (panels: readonly Panel[]): readonly Panel[] =>
  panels.filter(({ plane }) => plane < NEAR);

export const wholeOf = (panel: Panel): Region => ({
  panel,
  top: 0,
  left: 0,
  rows: panel.box.rows,
  columns: panel.box.columns,
});
