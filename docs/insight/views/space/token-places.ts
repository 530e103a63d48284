import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { project, type Vector } from "../../scene/matrix.js";
import type { PickedCell } from "../../scene/pick.js";
import { frontsIn, type IsOnFront } from "./fronts.js";
import { LETTER, LINE, type Point, type Rect, type Size } from "./pixels.js";
import { type TokensNamed, wordOf } from "./token-words.js";

/** Where a token's word or another small one stands, and from where it runs. */
export interface PlacedToken extends Rect {
  readonly words: string;
  readonly look: "row" | "after" | "column" | "down" | "up" | "head" | "where";
}

/** Pixels from a word to the next one at least: where cells are smaller, every second one has its word, or none. */
const APART = 11;
const MOST_CELLS = 2;
/** The most words. */
const MOST = 150;
/** Where cells are smaller still, some words stand at a side of so many pixels. */
const LARGE = { text: 60, vocabulary: 200 } as const;
/** Pixels of a line of letters. */
const HEIGHT = 14;
/** Pixels between a cell and its word. */
const BESIDE = 3;
/** What is cut shorter says nothing. */
const FEWEST = 3;

/**
 * Where there is room for words of tokens, at the first plane of each tensor that does not stand open. Rows in one line have them
 * once. The row that is pointed at has its own before others.
 */
export function tokensSeen(
  named: readonly TokensNamed[],
  camera: Camera,
  size: Size,
  open?: ReadonlySet<Panel>,
  pointed?: PickedCell,
  isOnFront: IsOnFront = frontsIn(camera, size, open),
): PlacedToken[] {
  const placed: PlacedToken[] = [];
  const lines = new Set<string>();
  for (const each of named) {
    if (each.line && lines.has(each.line)) continue;
    const panel = each.planes.find((plane) => !open?.has(plane)) ?? each.planes[0]!;
    const find = each.along === "rows" ? besideRows : atColumns;
    const own = find(each, panel, camera, size, firstOf(each, pointed), (word) =>
      isOnFront(word, panel, each.near),
    );
    if (own.length === 0 || placed.length + own.length > MOST) continue;
    placed.push(...own);
    if (each.line) lines.add(each.line);
  }
  return placed;
}

/** The cells that have their words before others: of a text, the one that is pointed at, and the last. */
function firstOf({ of, along, tokens, first, planes }: TokensNamed, pointed?: PickedCell): readonly number[] {
  if (of !== "text") return first;
  const last = tokens.length - 1;
  if (!pointed) return [last];
  if (along === "rows") return [pointed.row, last];
  return planes.includes(pointed.panel) ? [pointed.column, last] : [last];
}

/** Tokens at a panel, in a picture, those that come first, and what a word may not stand on. */
type At = readonly [
  each: TokensNamed,
  panel: Panel,
  camera: Camera,
  size: Size,
  first: readonly number[],
  isOnCells: (word: Rect) => boolean,
];

/** Words stand before rows; where more of them have room behind these, there. */
function besideRows(...at: At): PlacedToken[] {
  const before = rowsAt("row", ...at);
  if (before.words.length === before.kept) return before.words;
  const after = rowsAt("after", ...at);
  return after.words.length > before.words.length ? after.words : before.words;
}

/** Right ends of words at the left ends of rows, or left ends at the right ones. */
function rowsAt(look: "row" | "after", ...[each, panel, camera, size, first, isOnCells]: At) {
  const { at, size: extent } = panel;
  const isBefore = look === "row";
  const start: Vector = isBefore ? at : [at[0] + extent[0], at[1], at[2]];
  const side = sideOf(each, camera, size, start, [0, -extent[1], 0], "y");
  const kept = side ? keptOf(side, each, first) : [];
  const words = kept.flatMap((row): PlacedToken[] => {
    const place = side!.at(row);
    const word = cut(wordOf(each.tokens[row]!), (isBefore ? place.x : size.width - place.x) - BESIDE);
    if (!word || place.x > size.width || place.x < 0) return [];
    const left = isBefore ? place.x - BESIDE - widthOf(word) : place.x + BESIDE;
    const top = place.y - LINE / 2;
    const rect = { left, top, right: left + widthOf(word), bottom: top + LINE };
    return isOnCells(rect) ? [] : [{ ...rect, words: word, look }];
  });
  return { kept: kept.length, words };
}

/**
 * Words stand above columns; where other planes look out there, and where the last row is what counts, below them. They are
 * turned where one would stand on another.
 */
function atColumns(...[each, panel, camera, size, first, isOnCells]: At): PlacedToken[] {
  const { at, size: extent, box } = panel;
  const isAbove = box.planes === 1 && each.of === "text";
  const start: Vector = [at[0], isAbove ? at[1] : at[1] - extent[1], at[2]];
  const side = sideOf(each, camera, size, start, [extent[0], 0, 0], "x");
  if (!side) return [];
  const { pitch, step } = side;
  const widest = each.widest[step - 1];
  const isTurned = widest === undefined || widest * LETTER + BESIDE > pitch * step;
  const unit = (pitch * each.tokens.length) / extent[0];
  return keptOf(side, each, first).flatMap((column): PlacedToken[] => {
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
    const rect = { left, top, right: left + across, bottom: top + down };
    return isOnCells(rect) ? [] : [{ ...rect, words: word, look }];
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
  { of, tokens: { length } }: TokensNamed,
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
  const isShown = step <= MOST_CELLS || at(to)[axis] - at(from)[axis] > LARGE[of];
  return isShown ? { at, axis, from, to, pitch, step } : undefined;
}

/** The cells that have their words: those that are first, and around them, from the last one on, others as there is room. */
function keptOf(
  { at, axis, from, to, step }: Side,
  { tokens }: TokensNamed,
  first: readonly number[],
): number[] {
  const chosen: number[] = [];
  const isFree = (cell: number) =>
    chosen.every((other) => Math.abs(at(other)[axis] - at(cell)[axis]) >= APART);
  for (const cell of first) if (cell >= from && cell <= to && isFree(cell)) chosen.push(cell);
  const kept = [...chosen];
  const last = tokens.length - 1;
  const end = last - Math.ceil((last - to) / step) * step;
  for (let cell = end; step <= MOST_CELLS && cell >= from; cell -= step) if (isFree(cell)) kept.push(cell);
  return kept.sort((one, other) => one - other);
}

const widthOf = (word: string) => word.length * LETTER + 2;

/** As much of a word as has room. */
function cut(word: string, room: number): string | undefined {
  const letters = Math.floor((room - 2) / LETTER);
  if (word.length <= letters) return word;
  return letters < FEWEST ? undefined : `${word.slice(0, letters - 1)}…`;
}
