import { around, isOn, type Point, type Rect } from "./pixels.js";

/** A convex part of the picture. */
export interface Convex {
  readonly points: readonly Point[];
  /** The points that each of its sides runs between, and maybe other lines within it. */
  readonly sides: readonly (readonly [number, number])[];
  readonly rect: Rect;
}

const FOUR = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
] as const;
const EIGHT = [
  ...FOUR,
  ...FOUR.map(([from, to]) => [from + 4, to + 4] as const),
  ...FOUR.map(([from]) => [from, from + 4] as const),
];

/** What is within four corners that follow each other. */
export const within = (corners: readonly Point[]): Convex => ({
  points: corners,
  sides: FOUR,
  rect: around(corners),
});

/** What is within the first of planes that stand behind each other, within the last, and between them. */
export function throughout(first: readonly Point[], last: readonly Point[]): Convex {
  const points = [...first, ...last];
  return { points, sides: EIGHT, rect: around(points) };
}

export const ofRect = (rect: Rect): Convex => ({
  points: [
    { x: rect.left, y: rect.top },
    { x: rect.right, y: rect.top },
    { x: rect.right, y: rect.bottom },
    { x: rect.left, y: rect.bottom },
  ],
  sides: FOUR,
  rect,
});

/** Whether two have a place in common. */
export const meet = (a: Convex, b: Convex): boolean =>
  isOn(a.rect, b.rect) && !isBeside(a, b) && !isBeside(b, a);

/** Whether a line along a side of the first is between them. */
function isBeside({ points, sides }: Convex, other: Convex): boolean {
  return sides.some(([from, to]) => {
    const [x, y] = [points[to]!.x - points[from]!.x, points[to]!.y - points[from]!.y];
    const [low, high] = reach(points, x, y);
    const [lower, higher] = reach(other.points, x, y);
    // A side that runs away from the eye is a point.
    return (x !== 0 || y !== 0) && (high <= lower || higher <= low);
  });
}

/** How far points reach across a direction. */
function reach(points: readonly Point[], x: number, y: number): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const at of points) {
    const far = at.x * y - at.y * x;
    low = Math.min(low, far);
    high = Math.max(high, far);
  }
  return [low, high];
}
