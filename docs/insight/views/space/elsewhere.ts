import { element } from "../../element.js";
import type { Camera } from "../../scene/camera.js";
import { isGiven, type Panel } from "../../scene/layout.js";
import { labelOf } from "../flow/operations.js";
import {
  around,
  cornersOf,
  extentOf,
  isInside,
  isOn,
  type Point,
  pixels,
  type Rect,
  type Size,
} from "./pixels.js";
import { pool } from "./pool.js";

/** More of them would hide the picture. */
const MOST = 4;
/** Pixels of a marker's height, between two of them, between one and the picture's edge, and around its words. */
const HEIGHT = 26;
const APART = 4;
const EDGE = 6;
const AROUND = 8;
/** What shows fewer pixels than this at the edge is not seen. */
const SEEN = 12;
/** From the right on, counter-clockwise. */
const ARROWS = "→↗↑↖←↙↓↘";

/** What is made, and what it is made of. */
export interface Made {
  readonly outputs: readonly Panel[];
  readonly operands: readonly Panel[];
}

/** An operand outside the picture: what is written at the edge that it is nearest to. */
export interface Marker extends Rect {
  readonly tensor: string;
  readonly words: string;
}

/** Of what is made in the picture, the operands that stand outside of it: first those that are computed. */
export function markersOf({ outputs, operands }: Made, camera: Camera, size: Size): Marker[] {
  const rectOf = ({ at, size: own }: Panel) => {
    const corners = pixels(cornersOf(at, own), camera, size);
    return corners && around(corners);
  };
  const picture = { left: SEEN, top: SEEN, right: size.width - SEEN, bottom: size.height - SEEN };
  const isSeen = (panel: Panel) => {
    const rect = rectOf(panel);
    return rect !== undefined && isOn(rect, picture);
  };
  const from = outputs.find(isSeen);
  if (!from) return [];
  const seen = new Set([...outputs, ...operands.filter(isSeen)].map(({ box }) => box.name));
  const markers: Marker[] = [];
  const away = operands.filter(({ plane, box }) => plane === 0 && !seen.has(box.name));
  for (const panel of away.sort((a, b) => Number(isGiven(a.box)) - Number(isGiven(b.box)))) {
    if (markers.length === MOST) break;
    const to = wayTo(panel, camera, size);
    const words = `${arrowTo(to, size)} ${labelOf(panel.box.name)}${columnOf(panel, from)}`;
    const place = placesAt(to, extentOf(words).width + 2 * AROUND, size).find(
      (place) => isInside(place, size) && !markers.some((other) => isOn(place, other, APART)),
    );
    if (place) markers.push({ ...place, words, tensor: panel.box.name });
  }
  return markers;
}

/** Where the middle of it is, or far away on that side where it is behind the eye. */
function wayTo(
  { at: [x, y, z], size: [wide, high] }: Panel,
  { matrix }: Camera,
  { width, height }: Size,
): Point {
  const middle = [x + wide / 2, y - high / 2, z, 1] as const;
  const along = (axis: 0 | 1 | 3) => middle.reduce((sum, each, i) => sum + matrix[4 * i + axis]! * each, 0);
  const distance = Math.max(1e-6, along(3));
  return { x: (width / 2) * (1 + along(0) / distance), y: (height / 2) * (1 - along(1) / distance) };
}

function arrowTo({ x, y }: Point, { width, height }: Size): string {
  const angle = Math.atan2(height / 2 - y, x - width / 2);
  return ARROWS[(Math.round((4 * angle) / Math.PI) + ARROWS.length) % ARROWS.length]!;
}

/** In which column it stands, where that is another one. */
function columnOf({ section }: Panel, from: Panel): string {
  if (section === from.section) return "";
  if (section === "before") return ", first column";
  return section === "after" ? ", last column" : `, block ${section.slice(2)}`;
}

/** Within the picture, as near as it goes, and then farther along the edge. */
function placesAt({ x, y }: Point, width: number, size: Size): Rect[] {
  const within = (at: number, extent: number, whole: number) =>
    Math.max(EDGE, Math.min(whole - extent - EDGE, at - extent / 2));
  const [left, top] = [within(x, width, size.width), within(y, HEIGHT, size.height)];
  return Array.from({ length: 2 * MOST }, (_, i) => {
    const by = Math.ceil(i / 2) * (HEIGHT + APART) * (i % 2 === 0 ? -1 : 1);
    return { left, top: top + by, right: left + width, bottom: top + by + HEIGHT };
  });
}

/** Buttons at the picture's edge for what is read from outside of it; each goes there. */
export function elsewhere(go: (tensor: string) => void): {
  root: HTMLElement;
  /** Draws them, and says where they are. */
  follow(made: Made, camera: Camera, size: Size): readonly Rect[];
} {
  const root = element("div", {
    className: "space-elsewhere",
    attributes: { role: "group", "aria-label": "What this is computed from, outside the picture" },
  });
  const drawn = pool(
    root,
    () => {
      const button = element("button", { type: "button" });
      button.addEventListener("click", () => go(button.dataset["to"]!));
      return button;
    },
    (button, { tensor, left, top, right }: Marker) => {
      button.dataset["to"] = tensor;
      button.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
      button.style.width = `${Math.round(right - left)}px`;
    },
  );
  return {
    root,
    follow(made, camera, size) {
      const markers = markersOf(made, camera, size);
      root.hidden = markers.length === 0;
      drawn(markers);
      return markers;
    },
  };
}
