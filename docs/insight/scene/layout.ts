import type { Box, Section } from "../scheme.js";
import { type Extent, inRows } from "./in-rows.js";
import { add, scale, type Vector } from "./matrix.js";

/** One plane of a tensor where it stands: its cells are on its front. */
export interface Panel {
  readonly box: Box;
  readonly plane: number;
  /** The section that it stands in. */
  readonly section: string;
  /** The upper left corner of the front. */
  readonly at: Vector;
  readonly size: Vector;
}

/** How long sides are, and how far things stand from each other. */
export interface Measure {
  lengthOf(cells: number): number;
  readonly gap: number;
  /** How thick a panel is. */
  readonly depth: number;
}

/** The first cells of a side have 4 units each, then they have 2, and from here on half a unit. */
const FEW = 8;
const MANY = 32;
const LONGEST = 320;
/** Of more cells every side is the longest. */
export const ALIKE = MANY + 2 * (LONGEST - 2 * (FEW + MANY));

/** So that every tensor of a model is seen, however large another is. */
const SHORTENED: Measure = {
  lengthOf: (cells) =>
    Math.min(LONGEST, 2 * (Math.min(cells, FEW) + Math.min(cells, MANY)) + Math.max(0, cells - MANY) / 2),
  gap: 12,
  depth: 2,
};

/** What is between two sections: beside each other, and below each other, how often that goes into the highest one. */
const ACROSS = 50;
const BELOW = 5;
/** How much wider than high a network stands, about as a picture is. */
const ASPECT = 1.4;
/** From a plane to the one behind it. */
const PLANE: Vector = [4, 3, -12];
/** So much is left above for each plane: seen from above, what is behind stands higher, and what is above may not hide it. */
const ABOVE = 5;

/**
 * Where every tensor of a scheme stands. A section is a column; its rows go down in the order of computation: on the right what
 * is computed, on the left what is given, such as weights. Planes, such as heads, stand behind each other. Layers follow each
 * other in rows, what comes before all of them on their left, and what comes after them behind the last.
 */
export function layout(sections: readonly Section[]): Panel[] {
  const columns = sections.map(({ name, rows }) => columnOf(name, rows, SHORTENED));
  const extents = columns.map(bounds);
  const [first, last] = [extents[0]!, extents.at(-1)!];
  const width = ({ low, high }: Extent) => high[0] - low[0];
  const highest = Math.max(...extents.map(({ low, high }) => high[1] - low[1]));
  const { places, after } = inRows(extents.slice(1, -1), { across: ACROSS, down: highest / BELOW }, ASPECT, {
    before: width(first) + ACROSS,
    after: width(last),
  });
  const all = [
    [-ACROSS - first.high[0], -first.high[1], 0] as const,
    ...places,
    [after[0] - last.low[0], after[1] - last.high[1], 0] as const,
  ];
  return columns.flatMap((column, i) => shifted(column, all[i]!));
}

/** The same panels elsewhere. */
export const shifted = (panels: readonly Panel[], by: Vector): Panel[] =>
  panels.map(({ box, plane, section, at, size }) => ({ box, plane, section, at: add(at, by), size }));

/** A section: its first row is at the top, and the middle at 0. */
export function columnOf(
  section: string,
  rows: readonly (readonly Box[])[],
  { lengthOf, gap, depth }: Measure,
): Panel[] {
  const panels: Panel[] = [];
  const sizeOf = ({ rows, columns }: Box): Vector => [lengthOf(columns), lengthOf(rows), depth];
  const place = (box: Box, left: number, top: number) =>
    panels.push(...planesAt(box, section, [left, top, 0], sizeOf(box)));
  let top = 0;
  /** The first panel since something was given. */
  let since = 0;
  for (const [i, row] of rows.entries()) {
    top -= (Math.max(...row.map(({ planes }) => planes)) - 1) * ABOVE;
    let right = gap / 2;
    for (const box of row.filter((box) => !isGiven(box))) {
      place(box, right, top);
      right += sizeOf(box)[0] + (box.planes - 1) * PLANE[0] + gap;
    }
    // Below each other, so that a column is narrow.
    const end = panels.length;
    let bottom = top;
    for (const box of row.filter(isGiven)) {
      const [width, height] = sizeOf(box);
      place(box, -gap / 2 - width, bottom);
      bottom -= height + gap;
    }
    const next = Math.min(bottom, top - Math.max(...row.map((box) => sizeOf(box)[1])) - gap);
    // Outside of blocks what a table makes stands at its end, near to what reads it.
    const isTable = panels.length > end && !section.startsWith("h.") && i < rows.length - 1;
    const highest = Math.max(...row.map((box) => (isGiven(box) ? 0 : sizeOf(box)[1])));
    const down: Vector = [0, isTable ? next + gap + highest - top : 0, 0];
    if (down[1] < 0) panels.splice(since, end - since, ...shifted(panels.slice(since, end), down));
    if (panels.length > end) since = panels.length;
    top = next;
  }
  return panels;
}

/** Whether nothing is computed for it. */
export const isGiven = ({ kind }: Box): boolean => kind === "weight" || kind === "table";

function planesAt(box: Box, section: string, first: Vector, size: Vector): Panel[] {
  return Array.from({ length: box.planes }, (_, plane) => {
    const at = add(first, scale(PLANE, plane));
    return { box, plane, section, at, size };
  });
}

/** The corners of what holds these panels, the least numbers first. */
export function bounds(panels: readonly Panel[]): Extent {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const { at, size } of panels) {
    for (const i of [0, 1, 2] as const) {
      const end = i === 0 ? at[i] + size[i] : at[i] - size[i];
      low[i] = Math.min(low[i], at[i], end);
      high[i] = Math.max(high[i], at[i], end);
    }
  }
  return { low, high };
}

/** The panels of each section, in order. */
export function bySection(panels: readonly Panel[]): Map<string, Panel[]> {
  const sections = new Map<string, Panel[]>();
  for (const panel of panels) {
    const own = sections.get(panel.section);
    if (own) own.push(panel);
    else sections.set(panel.section, [panel]);
  }
  return sections;
}

/** The middle of a cell on the front. */
export function cellCentre({ box, at, size }: Panel, row: number, column: number): Vector {
  return [
    at[0] + (size[0] * (column + 0.5)) / box.columns,
    at[1] - (size[1] * (row + 0.5)) / box.rows,
    at[2],
  ];
}
