import { element } from "../../element.js";
import type { Camera } from "../../scene/camera.js";
import { bounds, type Panel } from "../../scene/layout.js";
import { project, type Vector } from "../../scene/matrix.js";
import { labelOf } from "../flow/operations.js";

/** More names than this are not read. */
const MOST = 30;
/** Pixels that a thing is wide at least to be named. */
const LEAST = 40;
/** Pixels of a line of names, and about those of a letter. */
const LINE = 18;
const LETTER = 6.6;

/** What has a name above its upper left corner. */
export interface Named {
  readonly at: Vector;
  readonly width: number;
  readonly words: string;
  /** Named however small it is, and first of all. */
  readonly isTitle?: true;
}

/** What has a word on the left of each of its rows. */
export interface RowsNamed {
  readonly panel: Panel;
  readonly words: readonly string[];
}

/** Pixels of a row at least, so that its word is drawn, and the most words of rows. */
const ROW = 11;
const MOST_ROWS = 80;
/** How far above a block its name stands. */
const TITLE = 16;

/** A name where it is drawn, in pixels: its lower left corner, or with `isLeft` its right end. */
interface Placed {
  readonly x: number;
  readonly y: number;
  readonly words: string;
  readonly width: number;
  readonly isLeft?: true;
}

/** Names at what is large enough, as HTML. The list of tensors says the same to those who do not see them. */
export function labels(): {
  root: HTMLElement;
  follow(named: readonly Named[], rows: readonly RowsNamed[], camera: Camera): void;
} {
  const root = element("div", { className: "space-labels", attributes: { "aria-hidden": "true" } });
  const pool: HTMLElement[] = [];
  return {
    root,
    follow(named, rows, camera) {
      const size = { width: root.clientWidth, height: root.clientHeight };
      const placed = [...namesSeen(named, camera, size), ...rowsSeen(rows, camera, size)];
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
        label.classList.toggle("row", each.isLeft === true);
        label.style.transform = `translate(${Math.round(each.x)}px, ${Math.round(each.y - LINE)}px)${each.isLeft ? " translateX(-100%)" : ""}`;
      }
    },
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place in pixels; undefined behind the eye. */
function pixelOf({ matrix }: Camera, { width, height }: Size, at: Vector) {
  const { x, y, distance } = project(matrix, at);
  return distance > 0 ? { x: ((x + 1) / 2) * width, y: ((1 - y) / 2) * height } : undefined;
}

function namesSeen(named: readonly Named[], camera: Camera, size: Size): Placed[] {
  const seen: (Placed & { readonly size: number })[] = [];
  for (const { at, width, words, isTitle } of named) {
    const left = pixelOf(camera, size, at);
    const right = pixelOf(camera, size, [at[0] + width, at[1], at[2]]);
    if (!left || !right) continue;
    const wide = right.x - left.x;
    // What is seen of its upper edge.
    const x = Math.max(0, left.x);
    const y = left.y + (right.y - left.y) * (wide > 0 ? (x - left.x) / wide : 0);
    if (x > size.width || y < LINE || y > size.height || right.x <= 0) continue;
    if (!isTitle && Math.min(right.x, size.width) - x < LEAST) continue;
    const room = words.length * LETTER + 8;
    seen.push({
      ...{ x: Math.max(0, Math.min(x, size.width - room)), y, words, width: room },
      size: isTitle ? Infinity : wide,
    });
  }
  seen.sort((a, b) => (b.size === a.size ? 0 : b.size - a.size));
  const placed: Placed[] = [];
  for (const each of seen) {
    if (placed.length === MOST) break;
    const isFree = (top: number) =>
      placed.every(
        ({ x, y, width }) => x > each.x + each.width || each.x > x + width || Math.abs(y - top) > LINE,
      );
    // Above the corner, or else below it.
    const y = [each.y, each.y + LINE + 1].find(isFree);
    if (y !== undefined) placed.push({ ...each, y });
  }
  return placed;
}

function rowsSeen(rows: readonly RowsNamed[], camera: Camera, size: Size): Placed[] {
  const placed: Placed[] = [];
  for (const { panel, words } of rows) {
    const { at, size: extent } = panel;
    const height = extent[1] / words.length;
    const places = words.map((_, row) => pixelOf(camera, size, [at[0], at[1] - height * (row + 0.5), at[2]]));
    const [first, second] = places;
    if (!first || !second || second.y - first.y < ROW) continue;
    for (const [row, place] of places.entries()) {
      if (placed.length === MOST_ROWS) return placed;
      if (!place || place.x < 20 || place.x > size.width || place.y < 0 || place.y > size.height) continue;
      placed.push({ x: place.x - 3, y: place.y + LINE / 2, words: words[row]!, width: 0, isLeft: true });
    }
  }
  return placed;
}

/** What a tensor is called, and its extents without the one row of the batch; of planes, the first has it. */
export function namesOf(panels: readonly Panel[]): Named[] {
  return panels
    .filter(({ plane }) => plane === 0)
    .map(({ at, size, box: { name, shape, kind } }) => {
      const extents = kind === "weight" || kind === "table" ? shape : shape.slice(1);
      return { at, width: size[0], words: `${labelOf(name)} ${extents.join(" × ")}` };
    });
}

/** Each block's name, above it. */
export function blockTitles(panels: readonly Panel[]): Named[] {
  const blocks = new Map<string, Panel[]>();
  for (const panel of panels) {
    if (/^h\.\d+$/.test(panel.section))
      blocks.set(panel.section, [...(blocks.get(panel.section) ?? []), panel]);
  }
  return [...blocks].map(([name, own]) => {
    const { low, high } = bounds(own);
    const at: Vector = [low[0], high[1] + TITLE, high[2]];
    return { at, width: high[0] - low[0], words: `Layer ${name.slice(2)}`, isTitle: true };
  });
}

/** The words of a text on the rows that have one for each of its tokens. */
export function rowsOf(panels: readonly Panel[], words: readonly string[]): RowsNamed[] {
  if (words.length < 2) return [];
  return panels
    .filter(({ plane, box: { kind, rows } }) => plane === 0 && kind === "activation" && rows === words.length)
    .map((panel) => ({ panel, words }));
}
