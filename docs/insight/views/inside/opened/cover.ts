import { colourOf } from "../../../cells/canvas.js";
import type { Rgb } from "../../../palette.js";
import type { OpenedMatrix } from "./matrix.js";

/** What a cell of a grid is drawn as instead, `null`: it is not there; undefined: as itself. */
export type Cover = (row: number, column: number) => Rgb | null | undefined;

/** Draws a matrix with other colours, or with all of its own. */
export function cover({ canvas, grid, isTurned }: OpenedMatrix, by?: Cover): void {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(width, height);
  for (let at = 0; at < width * height; at++) {
    const [y, x] = [Math.floor(at / width), at % width];
    const [row, column] = isTurned ? [x, y] : [y, x];
    const colour = by?.(row, column);
    if (colour !== null)
      image.data.set([...(colour ?? colourOf(grid.values[row * grid.columns + column]!, grid)), 255], 4 * at);
  }
  context.putImageData(image, 0, 0);
}
