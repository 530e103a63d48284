import { element } from "../../element.js";
import { labelOf } from "../../flow/operations.js";
import type { Camera } from "../../scene/camera.js";
import { isGiven, type Panel } from "../../scene/layout.js";
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
/** Leads back to where the picture of what is read about was. */
const BACK = "Back to the part's view (0)";
/** Pixels from one place at the edge to the next, and the share of the picture that a marker is at most from its own. */
const STEP = 10;
const FAR = 1 / 3;
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

/**
 * Of what is made in the picture, the operands that stand outside of it: first those that are computed. They stand on nothing that
 * is taken, and where there is room not on what is read about.
 */
export function markersOf(
  { outputs, operands }: Made,
  camera: Camera,
  size: Size,
  read: readonly Panel[] = [],
  taken: readonly Rect[] = [],
): Marker[] {
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
  const covered = away.length > 0 ? read.flatMap((panel) => rectOf(panel) ?? []) : [];
  for (const panel of away.sort((a, b) => Number(isGiven(a.box)) - Number(isGiven(b.box)))) {
    if (markers.length === MOST) break;
    const to = wayTo(panel, camera, size);
    const words = `${arrowTo(to, size)} ${labelOf(panel.box.name)}${columnOf(panel, from)}`;
    const places = placesAt(to, extentOf(words).width + 2 * AROUND, size).filter(
      (place) => isInside(place, size) && ![...markers, ...taken].some((other) => isNear(place, other)),
    );
    const place = places.find((place) => !covered.some((other) => isOn(place, other))) ?? places[0];
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

const isNear = (place: Rect, { left, top, right, bottom }: Rect) =>
  isOn(place, { left, right, top: top - APART, bottom: bottom + APART }, APART);

/** Within the picture, as near as it goes, and then farther along the edges. */
function placesAt({ x, y }: Point, wide: number, { width, height }: Size): Rect[] {
  const [right, bottom] = [width - wide - EDGE, height - HEIGHT - EDGE];
  const within = (at: number, most: number) => Math.max(EDGE, Math.min(most, at));
  const near = { x: within(x - wide / 2, right), y: within(y - HEIGHT / 2, bottom) };
  const steps = (most: number) => Array.from({ length: Math.ceil(most / STEP) }, (_, i) => EDGE + i * STEP);
  const farness = (at: Point) => Math.hypot(at.x - near.x, at.y - near.y);
  const edges = [
    ...steps(bottom).flatMap((y) => [EDGE, right].map((x) => ({ x, y }))),
    ...steps(right).flatMap((x) => [EDGE, bottom].map((y) => ({ x, y }))),
  ].filter((at) => farness(at) < FAR * Math.max(width, height));
  return [near, ...edges.sort((a, b) => farness(a) - farness(b))].map(({ x, y }) => ({
    ...{ left: x, top: y, right: x + wide, bottom: y + HEIGHT },
  }));
}

/** In the upper right corner. */
function backIn({ width }: Size): Rect {
  const [right, top] = [width - EDGE, EDGE];
  return { left: right - extentOf(BACK).width - 2 * AROUND, top, right, bottom: top + HEIGHT };
}

/** Buttons at the picture's edge for what is read from outside of it, and one that leads back; each goes there. */
export function elsewhere(
  go: (tensor: string) => void,
  back: () => void,
): {
  root: HTMLElement;
  /** Draws them, and says where they are. */
  follow(made: Made, camera: Camera, size: Size, read: readonly Panel[], isMoved: boolean): readonly Rect[];
} {
  const away = element("div", {
    attributes: {
      role: "group",
      "aria-label": "Outside the picture: what this is computed from, or read with",
    },
  });
  const backButton = element("button", { type: "button", className: "space-back", textContent: BACK });
  backButton.addEventListener("click", back);
  const root = element("div", { className: "space-elsewhere" }, away, backButton);
  const place = (button: HTMLElement, { left, top, right }: Rect) => {
    button.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    button.style.width = `${Math.round(right - left)}px`;
  };
  const drawn = pool(
    away,
    () => {
      const button = element("button", { type: "button" });
      button.addEventListener("click", () => go(button.dataset["to"]!));
      return button;
    },
    (button, marker: Marker) => {
      button.dataset["to"] = marker.tensor;
      place(button, marker);
    },
  );
  return {
    root,
    follow(made, camera, size, read, isMoved) {
      const corner = backIn(size);
      const taken = isMoved ? [corner] : [];
      const markers = markersOf(made, camera, size, read, taken);
      backButton.hidden = !isMoved;
      place(backButton, corner);
      away.hidden = markers.length === 0;
      drawn(markers);
      return [...markers, ...taken];
    },
  };
}
