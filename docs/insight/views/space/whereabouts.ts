import type { Camera } from "../../scene/camera.js";
import { bounds, bySection, type Panel } from "../../scene/layout.js";
import { partOf } from "./parts.js";
import { isInside, isOn, type Rect, rectAt, type Size } from "./pixels.js";
import type { PlacedToken } from "./token-places.js";

/** Where the eye may be inside of: the outer ones first. */
interface Region {
  readonly words: string;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Places of the picture that are looked at in each direction, and how many of all of them are to be in a region. */
const PLACES = [-0.8, -0.4, 0, 0.4, 0.8];
const MOST = PLACES.length ** 2 / 2;
/** Pixels from the picture's edge, and from one place for the words to the next. */
const EDGE = 6;
const STEP = 30;

/** The blocks of a network, and their parts. */
export function regionsOf(panels: readonly Panel[]): Region[] {
  return [...bySection(panels)].flatMap(([section, own]) => {
    const [, layer] = /^h\.(\d+)$/.exec(section) ?? [];
    const parts = new Map<string, Panel[]>();
    for (const panel of own) {
      const part = partOf(panel);
      if (part) parts.set(part, [...(parts.get(part) ?? []), panel]);
    }
    const inParts = [...parts].map(([part, those]) => ({
      words: layer ? `block ${layer}: ${part}` : part,
      ...bounds(those),
    }));
    return layer ? [{ words: `block ${layer}`, ...bounds(own) }, ...inParts] : inParts;
  });
}

/** What most of the picture is inside of, as far as it goes; undefined where all of that is seen at once. */
export function insideOf(regions: readonly Region[], { eye, ray }: Camera): Region | undefined {
  const at = PLACES.flatMap((x) =>
    PLACES.map((y) => {
      const way = ray(x, y);
      // Where it meets the fronts of first planes.
      const far = -eye[2] / way[2];
      return far > 0 ? [eye[0] + far * way[0], eye[1] + far * way[1]] : [];
    }),
  );
  const isIn = ({ low, high }: Region, [x, y]: readonly number[]) =>
    x !== undefined && y !== undefined && low[0]! <= x && x <= high[0]! && low[1]! <= y && y <= high[1]!;
  return regions.findLast((region) => at.filter((place) => isIn(region, place)).length > MOST);
}

/** Its name in the picture's upper left corner, or below what stands there. */
export function whereSeen(
  regions: readonly Region[],
  camera: Camera,
  size: Size,
  taken: readonly Rect[],
): PlacedToken[] {
  const words = insideOf(regions, camera)?.words;
  if (!words) return [];
  const place = [0, 1, 2, 3]
    .map((step) => rectAt(EDGE, EDGE + step * STEP, words))
    .find((place) => isInside(place, size) && !taken.some((other) => isOn(place, other)));
  return place ? [{ ...place, words, look: "where" }] : [];
}
