import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { project, type Vector } from "../../scene/matrix.js";
import { LETTER, LINE, type Point, type Rect, type Size } from "./pixels.js";
import { type TokensNamed, wordOf } from "./token-words.js";

/** Where a token's word stands, and from where it runs. */
export interface PlacedToken extends Rect {
  readonly words: string;
  readonly look: "row" | "column" | "down" | "up";
}

/** Pixels from a word to the next one at least: where cells are smaller, every second one has its word, or none. */
const APART = 11;
const MOST_CELLS = 2;
/** The most words. */
const MOST = 150;
/** Where cells are smaller still, some words stand at a side of so many pixels. */
const LARGE = 200;
/** Pixels of a line of letters. */
const HEIGHT = 14;
/** Pixels between a cell and its word. */
const BESIDE = 3;
/** What is cut shorter says nothing. */
const FEWEST = 3;

/** Where there is room for words of tokens, at the first plane of each tensor that does not stand open. */
export function tokensSeen(
  named: readonly TokensNamed[],
  camera: Camera,
  size: Size,
  open?: ReadonlySet<Panel>,
): PlacedToken[] {
  const placed: PlacedToken[] = [];
  for (const each of named) {
    const panel = each.planes.find((plane) => !open?.has(plane)) ?? each.planes[0]!;
    const own = (each.along === "rows" ? besideRows : atColumns)(each, panel, camera, size);
    if (placed.length + own.length <= MOST) placed.push(...own);
  }
  return placed;
}

/** Right ends of words stand at the left ends of rows. */
function besideRows(each: TokensNamed, { at, size: extent }: Panel, camera: Camera, size: Size) {
  const side = sideOf(each, camera, size, at, [0, -extent[1], 0], "y");
  if (!side) return [];
  return keptOf(side, each).flatMap((row): PlacedToken[] => {
    const place = side.at(row);
    const right = place.x - BESIDE;
    const word = cut(wordOf(each.tokens[row]!), right);
    if (!word || place.x > size.width) return [];
    const top = place.y - LINE / 2;
    return [{ left: right - widthOf(word), top, right, bottom: top + LINE, words: word, look: "row" }];
  });
}

/**
 * Words stand above columns; where other planes look out there, and where the last row is what counts, below them. They are
 * turned where one would stand on another.
 */
function atColumns(each: TokensNamed, { at, size: extent, box }: Panel, camera: Camera, size: Size) {
  const isAbove = box.planes === 1 && each.of === "text";
  const start: Vector = [at[0], isAbove ? at[1] : at[1] - extent[1], at[2]];
  const side = sideOf(each, camera, size, start, [extent[0], 0, 0], "x");
  if (!side) return [];
  const { pitch, step } = side;
  const widest = each.widest[step - 1];
  const isTurned = widest === undefined || widest * LETTER + BESIDE > pitch * step;
  const unit = (pitch * each.tokens.length) / extent[0];
  return keptOf(side, each).flatMap((column): PlacedToken[] => {
    const place = side.at(column);
    if (place.y < 0 || place.y > size.height) return [];
    // Nothing stands above what begins the picture.
    const room =
      box.kind === "input" ? place.y : Math.min(each.free * unit, isAbove ? place.y : size.height - place.y);
    const word = cut(wordOf(each.tokens[column]!), isTurned ? room - BESIDE : Infinity);
    if (!word) return [];
    const [across, down] = isTurned ? [HEIGHT, widthOf(word)] : [widthOf(word), HEIGHT];
    const left = place.x - across / 2;
    const top = isAbove ? place.y - BESIDE - down : place.y + BESIDE;
    const look = isTurned ? (isAbove ? "up" : "down") : "column";
    return [{ left, top, right: left + across, bottom: top + down, words: word, look }];
  });
}

/** One side of a panel in the picture: its cells from one to another, their middles, and how far these are apart at least. */
interface Side {
  at(cell: number): Point;
  readonly axis: "x" | "y";
  readonly from: number;
  readonly to: number;
  readonly pitch: number;
  /** Every such cell has its word. */
  readonly step: number;
}

/** Undefined where no word has room. */
function sideOf(
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
  const step = Math.ceil(APART / pitch);
  const isShown = step <= MOST_CELLS || at(to)[axis] - at(from)[axis] > LARGE;
  return isShown ? { at, axis, from, to, pitch, step } : undefined;
}

/** The cells that have their words: those that are read first, and others as there is room. */
function keptOf({ at, axis, from, to, step }: Side, { first }: TokensNamed): number[] {
  const chosen: number[] = [];
  const isFree = (cell: number) =>
    chosen.every((other) => Math.abs(at(other)[axis] - at(cell)[axis]) >= APART);
  for (const cell of first) if (cell >= from && cell <= to && isFree(cell)) chosen.push(cell);
  const kept = [...chosen];
  for (let cell = Math.ceil(from / step) * step; step <= MOST_CELLS && cell <= to; cell += step) {
    if (isFree(cell)) kept.push(cell);
  }
  return kept.sort((one, other) => one - other);
}

const widthOf = (word: string) => word.length * LETTER + 2;

/** As much of a word as has room. */
function cut(word: string, room: number): string | undefined {
  const letters = Math.floor((room - 2) / LETTER);
  if (word.length <= letters) return word;
  return letters < FEWEST ? undefined : `${word.slice(0, letters - 1)}…`;
}
