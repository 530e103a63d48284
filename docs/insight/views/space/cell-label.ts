import { element } from "../../element.js";
import type { Camera } from "../../scene/camera.js";
import type { Region } from "../../scene/instances.js";
import type { PickedCell } from "../../scene/pick.js";
import { around, cornersOf, inCorners, isInside, isOn, pixels, type Rect, type Size } from "./pixels.js";
import { wholeOf } from "./regions.js";

/** Pixels between a cell and what stands at it. */
const APART = 10;

/**
 * Where a label of this size stands: beside the cell and never on it, inside the picture, on nothing of what may not be covered;
 * undefined where there is no such place.
 */
export function placeBeside(
  cell: Rect,
  { width, height }: Size,
  picture: Size,
  taken: readonly Rect[] = [],
): Rect | undefined {
  const at = (left: number, top: number): Rect => ({ left, top, right: left + width, bottom: top + height });
  const lefts = [cell.right + APART, cell.left - APART - width];
  const tops = [cell.top - APART - height, cell.bottom + APART];
  const middle = Math.max(0, Math.min((cell.top + cell.bottom - height) / 2, picture.height - height));
  const centre = Math.max(0, Math.min((cell.left + cell.right - width) / 2, picture.width - width));
  const places = [
    ...tops.flatMap((top) => lefts.map((left) => at(left, top))),
    ...lefts.map((left) => at(left, middle)),
    ...tops.map((top) => at(centre, top)),
  ];
  return places.find((place) => isFree(place, picture, [cell, ...taken]));
}

const isFree = (place: Rect, picture: Size, taken: readonly Rect[]) =>
  isInside(place, picture) && !taken.some((other) => isOn(place, other));

/** What some cells of a panel take up; undefined behind the eye. */
export function rectOf(
  { panel, top, left, rows, columns }: Region,
  camera: Camera,
  size: Size,
): Rect | undefined {
  const [width, height] = [panel.size[0] / panel.box.columns, panel.size[1] / panel.box.rows];
  const [x, y, z] = panel.at;
  const at = cornersOf([x + width * left, y - height * top, z], [width * columns, height * rows]);
  const corners = pixels(at, camera, size);
  return corners && around(corners);
}

/** What a cell is, and its value, at the cell itself. Beside the picture it is written, too. */
export function cellLabel() {
  const root = element("div", { className: "space-at", hidden: true });
  let cell: PickedCell | undefined;
  let own: Size = { width: 0, height: 0 };
  return {
    root,
    tell(told: PickedCell | undefined, words: readonly string[]): void {
      cell = told;
      root.replaceChildren(...words.map((line) => element("span", {}, line)));
      root.hidden = !cell;
      own = { width: root.offsetWidth, height: root.offsetHeight };
    },
    /**
     * It covers no name and none of these panels, which the cell is computed from: at the cell, else in a corner, else at least on
     * none of these cells of theirs; else nowhere, as beside the picture it is written, too.
     * @returns where it stands, if it does
     */
    follow(
      camera: Camera,
      size: Size,
      { names, panels, cells }: Record<"names" | "panels" | "cells", readonly Rect[]>,
    ): Rect | undefined {
      if (!cell) return undefined;
      const { panel, row, column } = cell;
      const box = rectOf({ panel, top: row, left: column, rows: 1, columns: 1 }, camera, size);
      const all = { left: 0, top: 0, right: size.width, bottom: size.height };
      const whole = rectOf(wholeOf(panel), camera, size) ?? all;
      const beside = (those: readonly Rect[]) => box && placeBeside(box, own, size, those);
      const place =
        box && isOn(box, all)
          ? (beside([...names, ...panels, whole]) ??
            beside([...names, ...panels]) ??
            inCorners(own, size).find((place) => isFree(place, size, [box, ...names, ...panels])) ??
            beside([...names, ...cells]))
          : undefined;
      root.style.visibility = place ? "" : "hidden";
      if (place) root.style.transform = `translate(${Math.round(place.left)}px, ${Math.round(place.top)}px)`;
      return place;
    },
  };
}
