import type { Camera } from "../../scene/camera.js";
import { project, type Vector } from "../../scene/matrix.js";
import { extentOf, type Point, type Rect, type Size, WORDS } from "./pixels.js";
import type { TokensNamed } from "./token-words.js";

/** Where a token's word or another small one stands, and from where it runs. */
export interface PlacedToken extends Rect {
  readonly words: string;
  readonly look: "row" | "after" | "column" | "down" | "up" | "head" | "where" | "list";
  /** From what it is of, where it stands farther away. */
  readonly leader?: readonly [Point, Point];
}

/** Pixels from a word beside a row to the next one at least: where cells are smaller, words spread, or only some cells have theirs. */
export const APART = 13;
/** Of words at columns, which are turned there, so that no two stand in one line: fewer are enough. */
const APART_ACROSS = 10;
const MOST_CELLS = 2;
/** Where cells are smaller still, some words stand at a side of so many pixels. */
export const LARGE = { text: 60, vocabulary: 200 } as const;
/** Pixels between a cell and its word. */
export const BESIDE = 3;
/** What is cut shorter says nothing. */
const FEWEST = 4;

/** One side of a panel in the picture: its cells from one to another, their middles, and how far these are apart at least. */
export interface Side {
  at(cell: number): Point;
  readonly axis: "x" | "y";
  readonly from: number;
  readonly to: number;
  readonly pitch: number;
  /** Every such cell has room for its word. */
  readonly step: number;
}

const apartAlong = (axis: Side["axis"]) => (axis === "x" ? APART_ACROSS : APART);

/** Undefined where it is not seen, or from behind. */
export function sideOf(
  { tokens: { length } }: TokensNamed,
  { matrix }: Camera,
  { width, height }: Size,
  start: Vector,
  way: Vector,
  axis: Side["axis"],
): Side | undefined {
  const end = (share: number) => {
    const [x, y, z] = start;
    const place = project(matrix, [x + way[0] * share, y + way[1] * share, z]);
    return { ...place, x: place.x * place.distance, y: place.y * place.distance };
  };
  const [a, b] = [end(0.5 / length), end(1 - 0.5 / length)];
  // As long as it is not divided by the distance, a place changes evenly from cell to cell.
  let [low, high] = [0, 1];
  for (const sign of [-1, 1]) {
    const [first, last] = [a, b].map((place) => place.distance + sign * place[axis]) as [number, number];
    if (first < 0 && last < 0) return undefined;
    const share = first / (first - last);
    if (first < 0) low = Math.max(low, share);
    if (last < 0) high = Math.min(high, share);
  }
  const [from, to] = [Math.ceil(low * (length - 1)), Math.floor(high * (length - 1))];
  if (from > to) return undefined;
  const at = (cell: number): Point => {
    const share = cell / (length - 1);
    const mix = (key: "x" | "y" | "distance") => a[key] + share * (b[key] - a[key]);
    const distance = mix("distance");
    return { x: ((mix("x") / distance + 1) / 2) * width, y: ((1 - mix("y") / distance) / 2) * height };
  };
  const pair = (cell: number) => at(cell + 1)[axis] - at(cell)[axis];
  const pitch = Math.min(...[from, to - 1].map((cell) => pair(Math.min(length - 2, Math.max(0, cell)))));
  if (!(pitch > 0)) return undefined;
  return { at, axis, from, to, pitch, step: Math.ceil(apartAlong(axis) / pitch) };
}

/** The cells that have their words, if any: those that are first, and around them, from the last one on, others as there is room. */
export function keptOf(
  { at, axis, from, to, step }: Side,
  { of, tokens }: TokensNamed,
  first: readonly number[],
): number[] {
  const isAny = step <= MOST_CELLS;
  if (!isAny && at(to)[axis] - at(from)[axis] <= LARGE[of]) return [];
  const chosen: number[] = [];
  const isFree = (cell: number) =>
    chosen.every((other) => Math.abs(at(other)[axis] - at(cell)[axis]) >= apartAlong(axis));
  for (const cell of first) if (cell >= from && cell <= to && isFree(cell)) chosen.push(cell);
  const kept = [...chosen];
  const last = tokens.length - 1;
  const end = last - Math.ceil((last - to) / step) * step;
  for (let cell = end; (isAny || of === "text") && cell >= from; cell -= step)
    if (isFree(cell)) kept.push(cell);
  return kept.sort((one, other) => one - other);
}

export const widthOf = (word: string) => extentOf(word, WORDS).width;

/** As much of a word as has room. */
export function cut(word: string, room: number): string | undefined {
  const letters = Math.floor((room - WORDS.ends) / WORDS.wide);
  if (word.length <= letters) return word;
  return letters < FEWEST ? undefined : `${word.slice(0, letters - 1)}…`;
}
