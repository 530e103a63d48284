import { isGiven, type Panel } from "./layout.js";

/** Bytes of an instance: at (3), size (3), look (4), grid (3, whole numbers). */
export const STRIDE = 13 * 4;

/** How a panel is drawn. */
export interface Look {
  /** Where its values begin in the atlas, and how many there are; first -1 without values. */
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
  /** What the strongest colour stands for. */
  readonly scale: number;
  /** 0: less and more than nothing; 1: from nothing to 1. */
  readonly palette: 0 | 1;
  /** 1, or less for what stands back. */
  readonly strength: number;
  /** The share of its cells, row by row, that has still to come; or `OPEN`. */
  readonly missing: number;
}

/** In the place of what is missing: only its outline is drawn. */
export const OPEN = 2;

/** Where an instance says how much of it has still to come: less than 0 by that share. */
export const MISSING = 9 * 4;

/** Cells of a panel around which a frame is drawn. */
export interface Region {
  readonly panel: Panel;
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

export function panelInstances(panels: readonly Panel[], look: (panel: Panel) => Look): ArrayBuffer {
  const buffer = new ArrayBuffer(panels.length * STRIDE);
  const [numbers, whole] = [new Float32Array(buffer), new Int32Array(buffer)];
  for (const [i, panel] of panels.entries()) {
    const { first, rows, columns, scale, palette, strength, missing } = look(panel);
    const start = i * (STRIDE / 4);
    numbers.set(panel.at, start);
    numbers.set(panel.size, start + 3);
    numbers[start + 6] = scale;
    numbers[start + 7] = palette + (isGiven(panel.box) ? 2 : 0);
    numbers[start + 8] = strength;
    numbers[start + 9] = -missing;
    whole[start + 10] = first;
    whole[start + 11] = rows;
    whole[start + 12] = columns;
  }
  return buffer;
}

/** Frames stand a little before their panels. */
const BEFORE = 0.2;

export function frameInstances(regions: readonly Region[]): ArrayBuffer {
  const buffer = new ArrayBuffer(regions.length * STRIDE);
  const numbers = new Float32Array(buffer);
  for (const [i, { panel, top, left, rows, columns }] of regions.entries()) {
    const { at, size, box } = panel;
    const [width, height] = [size[0] / box.columns, size[1] / box.rows];
    numbers.set(
      [
        at[0] + left * width,
        at[1] - top * height,
        at[2] + BEFORE,
        columns * width,
        rows * height,
        BEFORE / 2,
        1,
        0,
        1,
        1,
      ],
      (i * STRIDE) / 4,
    );
  }
  return buffer;
}
