import type { Camera } from "../../scene/camera.js";
import { bounds, type Panel } from "../../scene/layout.js";
import { partOf } from "./parts.js";
import { isOn, type Rect, rectAt } from "./pixels.js";
import type { PlacedToken } from "./token-sides.js";

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
export function areasOf(panels: readonly Panel[]): Region[] {
  const regions = new Map<string, Panel[]>();
  for (const panel of panels) {
    const { section } = panel;
    const part = partOf(panel);
    const block = section.startsWith("h.") ? [section.replace("h.", "block ")] : [];
    for (const words of new Set([...block, [...block, ...(part ? [part] : [])].join(": ")])) {
      regions.set(words, [...(regions.get(words) ?? []), panel]);
    }
  }
  return [...regions].map(([words, own]) => ({ words, ...bounds(own) }));
}

/** What most of the picture is inside of, as far as it goes. */
export function insideOf(regions: readonly Region[], { eye, ray }: Camera): Region | undefined {
  const counts = new Map<Region, number>();
  for (const x of PLACES) {
    for (const y of PLACES) {
      const way = ray(x, y);
      // Where it meets the fronts of first planes.
      const far = -eye[2] / way[2];
      const at = [eye[0] + far * way[0], eye[1] + far * way[1]];
      for (const region of regions) {
        const { low, high } = region;
        if (far > 0 && at.every((each, i) => low[i]! <= each && each <= high[i]!))
          counts.set(region, (counts.get(region) ?? 0) + 1);
      }
    }
  }
  return regions.findLast((region) => counts.get(region)! > MOST);
}

/** Its name in the picture's upper left corner, or below what stands there. */
export function whereSeen(regions: readonly Region[], camera: Camera, taken: readonly Rect[]): PlacedToken[] {
  const words = insideOf(regions, camera)?.words;
  if (!words) return [];
  const place = [0, 1, 2]
    .map((step) => rectAt(EDGE, EDGE + step * STEP, words))
    .find((place) => !taken.some((other) => isOn(place, other)));
  return place ? [{ ...place, words, look: "where" }] : [];
}
