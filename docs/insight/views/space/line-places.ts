import type { Camera } from "../../scene/camera.js";
import { type Line, placeOn } from "../../scene/lines.js";
import type { Convex } from "./convex.js";
import { around, pixelOf, type Size } from "./pixels.js";

/** Of lines that come together: the ends of the first and the last, where they meet, and their middles. */
const SIDES = [
  [0, 1],
  [1, 2],
  [2, 0],
  [0, 3],
  [3, 2],
  [1, 4],
  [4, 2],
] as const;

/** What lines that come together at a cell, and leave one panel, take up; undefined where one is behind the eye. */
export function fanOf(lines: readonly Line[], camera: Camera, size: Size): Convex | undefined {
  const [first, last] = [lines[0]!, lines.at(-1)!];
  const points = [first.from, last.from, first.to, placeOn(first, 0.5), placeOn(last, 0.5)].map((at) =>
    pixelOf(camera, size, at),
  );
  if (!points.every((point) => point !== undefined)) return undefined;
  return { points, sides: SIDES, rect: around(points) };
}
