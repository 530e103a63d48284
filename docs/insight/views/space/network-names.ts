import type { Camera } from "../../scene/camera.js";
import {
  around,
  type Corners,
  extentOf,
  isInside,
  isOn,
  middle,
  type PlacedWords,
  type Point,
  pixels,
  type Rect,
  rectAt,
  type Size,
} from "./pixels.js";

/** Pixels between a network and its name, and around one that is framed. */
const BESIDE = 4;
const AROUND = 4;
/** How much farther above a network its name stands at most. */
const HIGHEST = 120;

/** A network among others is framed, and its name stands near it, with a line where it is farther away. */
export interface NetworkNamed {
  readonly kind: "network";
  readonly words: string;
  readonly corners: Corners;
}

/** A network's frame, and the line from it to its name. */
export interface Framed {
  readonly frame: readonly Point[];
  readonly leader?: readonly [Point, Point];
}

/** Frames networks, and finds a place for the name of each. */
export function placeNetworks(
  named: readonly NetworkNamed[],
  camera: Camera,
  size: Size,
  words: PlacedWords[],
  framed: Framed[],
): void {
  const networks = named.flatMap((each) => {
    const corners = pixels(each.corners, camera, size);
    if (!corners) return [];
    const [x, y] = [middle(corners.map(({ x }) => x)), middle(corners.map(({ y }) => y))];
    const frame = corners.map((corner) => ({
      x: corner.x + AROUND * Math.sign(corner.x - x || 1),
      y: corner.y + AROUND * Math.sign(corner.y - y || 1),
    }));
    return [{ words: each.words, frame, rect: around(frame) }];
  });
  const rects = networks.map(({ rect }) => rect);
  for (const { words: name, frame, rect } of networks) {
    const taken = [...rects.filter((other) => other !== rect), ...words];
    const isFree = (place: Rect) => ![rect, ...taken].some((other) => isOn(place, other));
    const found = nearNetwork(name, rect, size)
      .filter((place) => isInside(place, size) && isFree(place))
      .map((place) => ({ place, leader: leaderOf(rect, place, taken) }))
      .find(({ leader }) => leader !== "crosses");
    if (found) words.push({ ...found.place, words: name });
    const leader = found?.leader;
    framed.push({ frame, ...(leader && leader !== "crosses" && { leader }) });
  }
}

/** Places for a network's name: above it, below it, beside it, and then farther up. */
function nearNetwork(words: string, { left, top, right, bottom }: Rect, size: Size): Rect[] {
  const { width, height } = extentOf(words);
  const spare = right - left - width;
  // Over its middle, and to either side of it.
  const aligned =
    spare < 0 ? [4, 3, 5, 2, 6, 1, 7, 0, 8].map((eighths) => left + (spare * eighths) / 8) : [left];
  // As far as the picture goes.
  const across = [...new Set(aligned.map((x) => Math.max(1, Math.min(size.width - width - 1, x))))];
  const above = (higher: number) => across.map((x) => rectAt(x, top - BESIDE - height - higher, words));
  const higher = Array.from({ length: HIGHEST / BESIDE }, (_, i) => (i + 1) * BESIDE);
  return [
    ...above(0),
    ...across.map((x) => rectAt(x, bottom + BESIDE, words)),
    rectAt(right + BESIDE, top, words),
    rectAt(left - BESIDE - width, top, words),
    ...higher.flatMap(above),
  ];
}

/** From a name that stands farther up to its frame, where nothing is between them. */
function leaderOf(frame: Rect, name: Rect, taken: readonly Rect[]): Framed["leader"] | "crosses" {
  if (frame.top - name.bottom <= BESIDE) return undefined;
  const [left, right] = [Math.max(frame.left, name.left), Math.min(frame.right, name.right)];
  const isFree = (x: number) =>
    !taken.some((other) => isOn({ left: x - 1, right: x + 1, top: name.bottom, bottom: frame.top }, other));
  const x = [0.5, 0.25, 0.75, 0, 1].map((share) => left + share * (right - left)).find(isFree);
  return x === undefined
    ? "crosses"
    : [
        { x, y: name.bottom },
        { x, y: frame.top },
      ];
}
