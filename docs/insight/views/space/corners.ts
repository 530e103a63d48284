import { type Convex, meet, ofRect } from "./convex.js";
import { isInside, type Rect, type Size } from "./pixels.js";

/** Pixels between the picture's edge and what stands in its corner. */
const EDGE = 6;

/** Where something of this size stands in a picture's corner, on nothing that is taken: at the bottom, else at the top. */
export function cornerFor(
  own: Size,
  picture: Size,
  first: "left" | "right",
  taken: readonly Convex[],
): Rect | undefined {
  const [right, bottom] = [picture.width - own.width - EDGE, picture.height - own.height - EDGE];
  const lefts = first === "left" ? [EDGE, right] : [right, EDGE];
  return [bottom, EDGE]
    .flatMap((top) => lefts.map((left) => ({ left, top, right: left + own.width, bottom: top + own.height })))
    .find((place) => isInside(place, picture) && !taken.some((other) => meet(ofRect(place), other)));
}

/** Lets something stand there, or nowhere. */
export function standAt(root: HTMLElement, place: Rect | undefined): void {
  root.style.visibility = place ? "" : "hidden";
  if (place) root.style.transform = `translate(${Math.round(place.left)}px, ${Math.round(place.top)}px)`;
}
