import type { Box, Section } from "../scheme.js";
import { add, type Vector } from "./matrix.js";

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

/** A side of up to this many cells has 2 for each, what is beyond half a unit a cell. */
const FEW = 32;
const LONGEST = 320;
const GAP = 8;
const SECTION_GAP = 60;
const DEPTH = 2;
/** From a plane to the one behind it. */
const PLANE: Vector = [4, 4, -12];

/**
 * Where every tensor of a scheme stands. A section is a column; its rows go down in the order of computation: on the right what
 * is computed, on the left what is given, such as weights. Planes, such as heads, stand behind each other.
 */
export function layout(sections: readonly Section[]): Panel[] {
  const panels: Panel[] = [];
  let edge = 0;
  for (const { name, rows } of sections) {
    const column = columnOf(name, rows);
    const { low, high } = bounds(column);
    const shift = edge - low[0];
    panels.push(...column.map((panel) => ({ ...panel, at: add(panel.at, [shift, 0, 0]) })));
    edge += high[0] - low[0] + SECTION_GAP;
  }
  return panels;
}

function columnOf(section: string, rows: readonly (readonly Box[])[]): Panel[] {
  const panels: Panel[] = [];
  let top = 0;
  for (const row of rows) {
    top -= (Math.max(...row.map(({ planes }) => planes)) - 1) * PLANE[1];
    let right = GAP / 2;
    for (const box of row.filter((box) => !isGiven(box))) {
      panels.push(...planesAt(box, section, right, top));
      right += sizeOf(box)[0] + (box.planes - 1) * PLANE[0] + GAP;
    }
    let left = -GAP / 2;
    for (const box of row.filter(isGiven).reverse()) {
      left -= sizeOf(box)[0];
      panels.push(...planesAt(box, section, left, top));
      left -= GAP;
    }
    top -= Math.max(...row.map((box) => sizeOf(box)[1])) + GAP;
  }
  return panels;
}

/** Whether nothing is computed for it. */
export const isGiven = ({ kind }: Box): boolean => kind === "weight" || kind === "table";

function planesAt(box: Box, section: string, left: number, top: number): Panel[] {
  return Array.from({ length: box.planes }, (_, plane) => ({
    box,
    plane,
    section,
    at: [left + plane * PLANE[0], top + plane * PLANE[1], plane * PLANE[2]] as Vector,
    size: sizeOf(box),
  }));
}

function sizeOf({ rows, columns }: Box): Vector {
  return [lengthOf(columns), lengthOf(rows), DEPTH];
}

const lengthOf = (cells: number) =>
  Math.min(LONGEST, 2 * Math.min(cells, FEW) + Math.max(0, cells - FEW) / 2);

/** The corners of what holds these panels, the least numbers first. */
export function bounds(panels: readonly Panel[]): { low: Vector; high: Vector } {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const { at, size } of panels) {
    const ends = [at[0] + size[0], at[1] - size[1], at[2] - size[2]];
    for (let i = 0; i < 3; i++) {
      low[i] = Math.min(low[i]!, at[i]!, ends[i]!);
      high[i] = Math.max(high[i]!, at[i]!, ends[i]!);
    }
  }
  return { low: low as unknown as Vector, high: high as unknown as Vector };
}

/** The middle of a cell on the front. */
export function cellCentre({ box, at, size }: Panel, row: number, column: number): Vector {
  return [
    at[0] + (size[0] * (column + 0.5)) / box.columns,
    at[1] - (size[1] * (row + 0.5)) / box.rows,
    at[2],
  ];
}
