import { type Convex, meet, ofRect } from "./convex.js";
import { inCorners, isInside, type Rect, type Size } from "./pixels.js";

/** Where something of this size stands in a picture's corner, on nothing that is taken: at the bottom, else at the top. */
export function cornerFor(
  own: Size,
  picture: Size,
  first: "left" | "right",
  taken: readonly Convex[],
): Rect | undefined {
  return inCorners(own, picture, first).find(
    (place) => isInside(place, picture) && !taken.some((other) => meet(ofRect(place), other)),
  );
}

/** Lets something stand there, or nowhere. */
export function standAt(root: HTMLElement, place: Rect | undefined): void {
  root.style.visibility = place ? "" : "hidden";
  if (place) root.style.transform = `translate(${Math.round(place.left)}px, ${Math.round(place.top)}px)`;
}
