import { axesOf } from "../../cells/words.js";
import type { Camera } from "../../scene/camera.js";
import { bySection, type Panel } from "../../scene/layout.js";
import type { IsOnFront } from "./fronts.js";
import {
  cornersOf,
  extentOf,
  isInside,
  isOn,
  type Point,
  pixels,
  type Rect,
  rectAt,
  type Size,
} from "./pixels.js";
import type { PlacedToken } from "./token-sides.js";

/** Pixels that a plane is wide at least, and between it and its name. */
const LEAST = 60;
const BESIDE = 8;
/** Pixels that it is lower, where words of rows stand beside the corner: one of them at most. */
const LOWER = [5, 15] as const;
/** How much farther back than to the right the next plane stands. */
const STEEP = 3;

/** The planes of a tensor that heads have, and what is near them. */
export interface Heads {
  readonly planes: readonly Panel[];
  readonly near: readonly Panel[];
}

/** Those of what is read about. */
export function headsOf(panels: readonly Panel[]): Heads[] {
  const sections = bySection(panels);
  return panels.flatMap(({ box, plane, section }, i) => {
    const isOfHeads = box.planes > 1 && axesOf(box.name, box.shape.length).at(-3)?.counts === "head";
    if (plane > 0 || !isOfHeads) return [];
    return [{ planes: panels.slice(i, i + box.planes), near: sections.get(section)! }];
  });
}

/** Each head's number beside its plane, where there is room: of those that are seen the first and the last have theirs before others. */
export function headsSeen(
  heads: readonly Heads[],
  camera: Camera,
  size: Size,
  taken: readonly Rect[],
  isOnFront: IsOnFront,
  open?: ReadonlySet<Panel>,
): PlacedToken[] {
  const placed: PlacedToken[] = [];
  for (const { planes, near } of heads) {
    const [first, ...others] = planes.flatMap((panel) => {
      const front = open?.has(panel) ? undefined : pixels(cornersOf(panel.at, panel.size), camera, size);
      return front && front[1]!.x - front[0]!.x >= LEAST ? [{ panel, front }] : [];
    });
    if (!first) continue;
    for (const { panel, front } of [first, ...others.slice(-1), ...others.slice(0, -1)]) {
      const words = `head ${panel.plane}`;
      const isFree = (place: Rect) =>
        isInside(place, size) &&
        ![...taken, ...placed].some((other) => isOn(place, other)) &&
        !isOnFront(place, panel, near);
      const place = besidePlane(words, panel, front, camera).find(isFree);
      if (place) placed.push({ ...place, words, look: "head" });
    }
  }
  return placed;
}

/** Beside the lower corner of the side where the planes behind it look out, or lower, where words of rows stand there. */
function besidePlane(
  words: string,
  { at: [x, , z] }: Panel,
  front: readonly Point[],
  { eye }: Camera,
): Rect[] {
  const { width, height } = extentOf(words);
  const [, , right, left] = front as [Point, Point, Point, Point];
  const isRight = (x - eye[0]) * STEEP < eye[2] - z;
  const [side, by] = isRight ? [right.x + BESIDE, right.y] : [left.x - BESIDE - width, left.y];
  return [-height, 0, ...LOWER].map((down) => rectAt(side, by + down, words));
}
