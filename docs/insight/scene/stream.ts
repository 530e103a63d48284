import type { Look } from "./instances.js";
import { cellCentre, type Panel } from "./layout.js";
import { add, scale, type Vector } from "./matrix.js";

/** A step of a computation as it is shown. */
export interface Moment {
  /** What is read, and what it makes. */
  readonly operands: readonly Panel[];
  readonly outputs: readonly Panel[];
  /** Whether it stands there already; what has still to be computed is an empty shape. */
  isThere(panel: Panel): boolean;
  /** What it makes fills as the scene is told, and not by itself. */
  readonly isSwept?: boolean;
}

/** Milliseconds of a step. */
export const STEP = 550;

/** About how many values are seen on their way. */
const TRAVELLERS = 120;
const FEWEST = 4;
/** Shares of a step: how long a value is on its way, and from when the output fills. */
const TRAVEL = 0.6;
const FILLS = 0.35;

/** A value on its way. */
export interface Traveller {
  readonly from: Panel;
  readonly row: number;
  readonly column: number;
  readonly at: Vector;
}

/** How much of the output, cell by cell and row by row, has come about at this share of a step. */
export const filled = (share: number): number => Math.max(0, (share - FILLS) / (1 - FILLS));

/** Cells of the operands on their way to the output. They are few of many, spread evenly, and go one after the other. */
export function travellers({ operands, outputs }: Moment, share: number): Traveller[] {
  if (outputs.length === 0 || share >= 1) return [];
  const each = Math.max(FEWEST, Math.floor(TRAVELLERS / Math.max(1, operands.length)));
  return operands.flatMap((from, i) => {
    const to = outputs[i % outputs.length]!;
    return Array.from({ length: each }, (_, j) => {
      const [down, across] = [(j + 0.5) / each, (j * 0.618034 + 0.31) % 1];
      const t = Math.min(1, Math.max(0, (share - down * (1 - TRAVEL)) / TRAVEL));
      if (t === 0 || t === 1) return undefined;
      const cell = (panel: Panel) => ({
        row: Math.floor(down * panel.box.rows),
        column: Math.floor(across * panel.box.columns),
      });
      const [here, there] = [cell(from), cell(to)];
      const start = cellCentre(from, here.row, here.column);
      const end = cellCentre(to, there.row, there.column);
      // Before the panels on its way.
      const bow: Vector = [0, 0, 2 + 12 * Math.sin(Math.PI * t)];
      return { from, ...here, at: add(add(scale(start, 1 - t), scale(end, t)), bow) };
    }).filter((traveller) => traveller !== undefined);
  });
}

/** A value on its way is drawn as a panel of one cell. */
export function travellingPanel({ from, at }: Traveller): Panel {
  const side = Math.min(5, Math.max(2, from.size[0] / from.box.columns));
  return { ...from, at: add(at, [-side / 2, side / 2, 0]), size: [side, side, side / 2] };
}

/** The look of its one cell: the texel of its value, or of the mean that stands for it. */
export function travellingLook({ from, row, column }: Traveller, look: Look): Look {
  const [y, x] = [
    Math.floor((row * look.rows) / from.box.rows),
    Math.floor((column * look.columns) / from.box.columns),
  ];
  const first = look.first < 0 ? -1 : look.first + y * look.columns + x;
  return { ...look, first, rows: 1, columns: 1, strength: 1, missing: 0 };
}
