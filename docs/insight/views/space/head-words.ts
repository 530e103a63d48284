import { axesOf } from "../../cell-words.js";
import type { Camera } from "../../scene/camera.js";
import { bySection, type Panel } from "../../scene/layout.js";
import type { IsOnFront } from "./fronts.js";
import { cornersOf, isInside, isOn, type Point, pixels, type Rect, rectAt, type Size } from "./pixels.js";
import { byTensor } from "./regions.js";
import type { PlacedToken } from "./token-places.js";

/** Pixels that a plane is wide at least, and between it and its name. */
const LEAST = 60;
const BESIDE = 3;

/** Heads that stand behind each other, and what is near them. */
export interface Heads {
  readonly planes: readonly Panel[];
  readonly near: readonly Panel[];
}

/** Those of what is read about. */
export function headsOf(panels: readonly Panel[]): Heads[] {
  const sections = bySection(panels);
  return [...byTensor(panels).values()].flatMap((planes) => {
    const { box, section } = planes[0]!;
    const isHeads = planes.length > 1 && axesOf(box.name, box.shape.length).at(-3)?.counts === "head";
    return isHeads ? [{ planes, near: sections.get(section)! }] : [];
  });
}

/** Each head's number at a lower corner of its plane, where there is room. */
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
    for (const panel of planes) {
      const { at, size: extent, plane } = panel;
      const [wide, high, deep] = extent;
      const front = open?.has(panel) ? undefined : pixels(cornersOf(at, [wide, high]), camera, size);
      const back = pixels(cornersOf([at[0], at[1], at[2] - deep], [wide, high]), camera, size);
      if (!front || !back || front[1]!.x - front[0]!.x < LEAST) continue;
      const words = `head ${plane}`;
      const place = cornersFor(words, front, back).find(
        (place) =>
          isInside(place, size) &&
          ![...taken, ...placed].some((other) => isOn(place, other)) &&
          !isOnFront(place, panel, near),
      );
      if (place) placed.push({ ...place, words, look: "head" });
    }
  }
  return placed;
}

/** Beside its lower corners, and below them. */
function cornersFor(words: string, front: readonly Point[], back: readonly Point[]): Rect[] {
  const [right, left] = [front[2]!, front[3]!];
  const { right: width, bottom: height } = rectAt(0, 0, words);
  return [
    rectAt(Math.max(right.x, back[2]!.x) + BESIDE, right.y - height, words),
    rectAt(Math.min(left.x, back[3]!.x) - BESIDE - width, left.y - height, words),
    rectAt(right.x - width, right.y + BESIDE, words),
    rectAt(left.x, left.y + BESIDE, words),
  ];
}
