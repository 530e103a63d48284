import type { Convex } from "./convex.js";
import { around, type Rect } from "./pixels.js";

const SIDES = [
  [0, 1],
  [1, 2],
  [2, 0],
] as const;

/** About what lines take up that run from cells to the one that is computed from them. */
export function fanOf({ left, top, right, bottom }: Rect, to: Rect): Convex {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const isHigh = bottom - top > right - left;
  const points = [
    ...(isHigh
      ? [
          { x, y: top },
          { x, y: bottom },
        ]
      : [
          { x: left, y },
          { x: right, y },
        ]),
    { x: (to.left + to.right) / 2, y: (to.top + to.bottom) / 2 },
  ];
  return { points, sides: SIDES, rect: around(points) };
}
