import { element } from "../../element.js";
import type { Camera } from "../../scene/camera.js";
import { bounds, bySection, isGiven, type Panel } from "../../scene/layout.js";
import { svgElement } from "../../svg-element.js";
import { labelOf } from "../flow/operations.js";
import { cornersOf, LINE, pixelOf, type Rect, type Size } from "./pixels.js";
import { type Framed, type Named, type Names, placeNames } from "./placing.js";

/** What has a word on the left of each of its rows. */
export interface RowsNamed {
  readonly panel: Panel;
  readonly words: readonly string[];
}

/** Pixels of a row at least, so that its word is drawn, and the most words of rows. */
const ROW = 11;
const MOST_ROWS = 80;
/** Pixels of a letter beside a row. */
const LETTER = 6.8;
/** How far above a layer its name stands. */
const TITLE = 18;

/** Names at what is large enough, as HTML. The list of tensors says the same to those who do not see them. */
export function labels(): {
  root: HTMLElement;
  follow(names: Names, rows: readonly RowsNamed[], camera: Camera): void;
} {
  const frames = svgElement("svg");
  const root = element("div", { className: "space-labels", attributes: { "aria-hidden": "true" } });
  root.append(frames);
  const pool: HTMLElement[] = [];
  return {
    root,
    follow(names, rows, camera) {
      const size = { width: root.clientWidth, height: root.clientHeight };
      const tokens = rowsSeen(rows, camera, size);
      const { words, framed } = placeNames(names, camera, size, tokens);
      frames.replaceChildren(...framed.flatMap(drawn));
      const placed = [...words, ...tokens];
      while (pool.length < placed.length) {
        const label = element("span");
        pool.push(label);
        root.append(label);
      }
      for (const [i, label] of pool.entries()) {
        const each = placed[i];
        label.hidden = !each;
        if (!each) continue;
        if (label.textContent !== each.words) label.textContent = each.words;
        const isRow = i >= words.length;
        label.classList.toggle("row", isRow);
        const x = Math.round(isRow ? each.right : each.left);
        label.style.transform = `translate(${x}px, ${Math.round(each.top)}px)${isRow ? " translateX(-100%)" : ""}`;
      }
    },
  };
}

/** A network's frame, and the line to its name. */
function drawn({ frame, leader }: Framed): SVGElement[] {
  const path = (points: readonly { x: number; y: number }[]) =>
    points.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`).join(" ");
  const outline = svgElement("polygon", { points: path(frame) });
  return leader ? [outline, svgElement("polyline", { points: path(leader) })] : [outline];
}

/** The words of rows: their right ends stand at the rows' left ones. */
function rowsSeen(rows: readonly RowsNamed[], camera: Camera, size: Size): (Rect & { words: string })[] {
  const placed: (Rect & { words: string })[] = [];
  for (const { panel, words } of rows) {
    const { at, size: extent } = panel;
    const height = extent[1] / words.length;
    const places = words.map((_, row) => pixelOf(camera, size, [at[0], at[1] - height * (row + 0.5), at[2]]));
    const [first, second] = places;
    if (!first || !second || second.y - first.y < ROW) continue;
    for (const [row, place] of places.entries()) {
      if (placed.length === MOST_ROWS) return placed;
      if (!place || place.x < 20 || place.x > size.width || place.y < 0 || place.y > size.height) continue;
      const right = place.x - 3;
      const top = place.y - LINE / 2;
      const left = right - words[row]!.length * LETTER;
      placed.push({ left, top, right, bottom: top + LINE, words: words[row]! });
    }
  }
  return placed;
}

/** What each tensor is called, and its extents without the one row of the batch. */
export function namesOf(panels: readonly Panel[]): Named[] {
  // The planes of a tensor follow each other.
  return panels.flatMap(({ at, size, box, plane }, i): Named[] => {
    if (plane > 0) return [];
    const { name, shape, kind, planes } = box;
    const extents = kind === "weight" || kind === "table" ? shape : shape.slice(1);
    const last = panels[i + planes - 1]!;
    return [
      {
        kind: "tensor",
        words: `${labelOf(name)} ${extents.join(" × ")}`,
        isGiven: isGiven(box),
        ...{ front: cornersOf(at, size), back: cornersOf(last.at, size) },
      },
    ];
  });
}

/** Each block's name, above it. */
export function blockTitles(panels: readonly Panel[]): Named[] {
  return [...bySection(panels)]
    .filter(([name]) => /^h\.\d+$/.test(name))
    .map(([name, own]) => {
      const { low, high } = bounds(own);
      const [layer, width] = [Number(name.slice(2)), high[0] - low[0]];
      return { kind: "layer", layer, width, words: `Layer ${layer}`, at: [low[0], high[1] + TITLE, high[2]] };
    });
}

/** The words of a text on the rows that have one for each of its tokens. */
export function rowsOf(panels: readonly Panel[], words: readonly string[]): RowsNamed[] {
  if (words.length < 2) return [];
  return panels
    .filter(({ plane, box: { kind, rows } }) => plane === 0 && kind === "activation" && rows === words.length)
    .map((panel) => ({ panel, words }));
}
