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
/** How much farther back than to the right the next plane stands. */
const STEEP = 3;

/** A plane of a head, and what is near it. */
export interface Head {
  readonly panel: Panel;
  readonly near: readonly Panel[];
}

/** Those of what is read about. */
export function headsOf(panels: readonly Panel[]): Head[] {
  const sections = bySection(panels);
  return panels.flatMap((panel) => {
    const { box, section } = panel;
    const isHead = box.planes > 1 && axesOf(box.name, box.shape.length).at(-3)?.counts === "head";
    return isHead ? [{ panel, near: sections.get(section)! }] : [];
  });
}

/** Each head's number beside its plane, where there is room. */
export function headsSeen(
  heads: readonly Head[],
  camera: Camera,
  size: Size,
  taken: readonly Rect[],
  isOnFront: IsOnFront,
  open?: ReadonlySet<Panel>,
): PlacedToken[] {
  const placed: PlacedToken[] = [];
  for (const { panel, near } of heads) {
    const front = open?.has(panel) ? undefined : pixels(cornersOf(panel.at, panel.size), camera, size);
    if (!front || front[1]!.x - front[0]!.x < LEAST) continue;
    const words = `head ${panel.plane}`;
    const { width, height } = extentOf(words);
    const [, , right, left] = front as [Point, Point, Point, Point];
    // Beside the lower corner of the side where the planes behind it look out.
    const [x, , z] = panel.at;
    const isRight = (x - camera.eye[0]) * STEEP < camera.eye[2] - z;
    const [side, by] = isRight ? [right.x + BESIDE, right.y] : [left.x - BESIDE - width, left.y];
    const isFree = (place: Rect) =>
      isInside(place, size) &&
      !taken.some((other) => isOn(place, other)) &&
      !placed.some((other) => isOn(place, other)) &&
      !isOnFront(place, panel, near);
    // Or a line lower, where words of rows stand beside it.
    const place = [by - height, by].map((top) => rectAt(side, top, words)).find(isFree);
    if (place) placed.push({ ...place, words, look: "head" });
  }
  return placed;
}
