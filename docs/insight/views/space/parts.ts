import type { Camera } from "../../scene/camera.js";
import { bounds, type Panel } from "../../scene/layout.js";
import {
  around,
  type Corners,
  cornersOf,
  extentOf,
  isInside,
  isOn,
  pixels,
  type Rect,
  type Size,
} from "./pixels.js";

/** A part of a network, in one of its columns. Its name stands where most of its tensors are small: then these have none. */
export interface PartNamed {
  readonly kind: "part";
  readonly words: string;
  readonly corners: Corners;
}

/** A part in the picture. */
export interface PartSeen {
  readonly words: string;
  readonly rect: Rect;
}

/** Pixels from a place for a name to the next one that is tried, and where little room is left. */
const STEP = 8;
const FINE = 1;
/** Pixels between a name and what is beside it. */
const APART = 4;
/** A name may be so much wider than its part, and takes at most such a share of its place. */
const WIDER = 2;
const SHARE = 0.55;

/** Which part a tensor belongs to, by its name and by where it stands. */
export function partOf({ box: { name }, section }: Panel): string | undefined {
  if (section === "before") return "embedding";
  if (section === "after") return "output";
  const [, part] = /^h\.\d+\.(attn|mlp)/.exec(name) ?? [];
  return part && (part === "attn" ? "attention" : "MLP");
}

/** Every part of every column, in order. */
export function partsOf(panels: readonly Panel[]): PartNamed[] {
  const parts = new Map<string, { words: string; own: Panel[] }>();
  for (const panel of panels) {
    const words = partOf(panel);
    if (!words) continue;
    const key = `${panel.section} ${words}`;
    const part = parts.get(key);
    if (part) part.own.push(panel);
    else parts.set(key, { words, own: [panel] });
  }
  return [...parts.values()].map(({ words, own }) => {
    const { low, high } = bounds(own);
    return {
      kind: "part",
      words,
      corners: cornersOf([low[0], high[1], high[2]], [high[0] - low[0], high[1] - low[1]]),
    };
  });
}

/** Of each kind of part the first one that is in the picture, where it is large enough for its name. */
export function partsSeen(parts: readonly PartNamed[], camera: Camera, size: Size): PartSeen[] {
  const seen = new Map<string, PartSeen>();
  for (const { words, corners } of parts) {
    if (seen.has(words)) continue;
    const ends = pixels(corners, camera, size);
    const rect = ends && around(ends);
    if (rect && isInside(rect, size)) seen.set(words, { words, rect });
  }
  return [...seen.values()].filter(({ words, rect: { left, top, right, bottom } }) => {
    const { width, height } = extentOf(words);
    const [wide, high] = [right - left, bottom - top];
    return wide * WIDER > width && wide * high * SHARE > width * height;
  });
}

/** A free place for a part's name, if there is one. */
export function nearPart(part: PartSeen, size: Size, taken: readonly Rect[]): Rect | undefined {
  const reach = reachOf(part);
  const close = taken.filter((other) => isOn(other, reach));
  for (const place of placesNear(part)) {
    if (isInside(place, size) && !close.some((other) => isOn(place, other, APART))) return place;
  }
  return undefined;
}

/**
 * Within it, the nearest to its middle first, then above it and below it, then those that begin in it and end beside it, those
 * that begin beside it and end in it, and those that reach below it or above it from there.
 */
function* placesNear({ words, rect: { left, top, right, bottom } }: PartSeen): Generator<Rect> {
  const { width, height } = extentOf(words);
  const at = (x: number, y: number): Rect => ({ left: x, top: y, right: x + width, bottom: y + height });
  const off = (y: number) => Math.abs(y + height / 2 - (top + bottom) / 2);
  const rows = steps(top, bottom - height).sort((a, b) => off(a) - off(b));
  const inner = right - width;
  const outer = [top - height - 1, bottom + 1];
  const before = steps(left - width + STEP, left).reverse();
  for (const y of rows) for (const x of steps(left, inner)) yield at(x, y);
  for (const y of outer) yield at(left, y);
  for (const y of rows) for (const x of steps(Math.max(left, inner), right)) yield at(x, y);
  for (const y of steps(top, bottom - height, FINE)) for (const x of before) yield at(x, y);
  for (const y of steps(bottom + 1, bottom + height + 1, FINE)) for (const x of before) yield at(x, y);
}

/** How far a name may be from its part. */
export function reachOf({ words, rect: { left, top, right, bottom } }: PartSeen): Rect {
  const { width, height } = extentOf(words);
  return {
    left: left - width - APART,
    right: right + width + APART,
    top: top - height - 1,
    bottom: bottom + 2 * height,
  };
}

function steps(from: number, to: number, by = STEP): number[] {
  return Array.from({ length: Math.max(0, Math.floor((to - from) / by) + 1) }, (_, i) => from + i * by);
}
