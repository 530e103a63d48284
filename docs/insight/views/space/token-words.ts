import { axesOf } from "../../cell-words.js";
import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { LINE, type Point, pixelOf, type Rect, type Size } from "./pixels.js";

/** What has a word for each of its rows, or for each of its columns. */
export interface TokensNamed {
  readonly panel: Panel;
  readonly along: "rows" | "columns";
  readonly words: readonly string[];
}

/** Where such a word stands, and from where it runs. */
export interface PlacedToken extends Rect {
  readonly words: string;
  readonly look: "row" | "column" | "down" | "up";
}

/** Pixels from a word to the next one at least: where cells are smaller, every second one has its word, or none. */
const APART = 11;
const MOST_CELLS = 2;
/** The most words. */
const MOST = 150;
/** Pixels of a letter, and of a line of them. */
const LETTER = 6.8;
const HEIGHT = 14;
/** Pixels between a cell and its word. */
const BESIDE = 3;
/** Units below or above a tensor that are free for words. */
const FREE = 12;
/** What is cut shorter says nothing. */
const FEWEST = 3;

/** The words of a text at what has one row, or one column, for each of its tokens. */
export function tokensOf(panels: readonly Panel[], words: readonly string[]): TokensNamed[] {
  if (words.length < 2) return [];
  return panels.flatMap((panel) => {
    const { name, kind, shape, rows, columns } = panel.box;
    if (panel.plane > 0 || kind === "weight" || kind === "table") return [];
    const [ofRows, ofColumns] = [undefined, ...axesOf(name, shape.length)].slice(-2);
    const isText = (axis: typeof ofRows, extent: number) => axis?.of === "text" && extent === words.length;
    return [
      ...(isText(ofRows, rows) ? [{ panel, along: "rows" as const, words }] : []),
      ...(isText(ofColumns, columns) ? [{ panel, along: "columns" as const, words }] : []),
    ];
  });
}

/** Where there is room for words of tokens: for all of a tensor, or for none. */
export function tokensSeen(named: readonly TokensNamed[], camera: Camera, size: Size): PlacedToken[] {
  const placed: PlacedToken[] = [];
  for (const each of named) {
    const own = each.along === "rows" ? besideRows(each, camera, size) : atColumns(each, camera, size);
    if (placed.length + own.length <= MOST) placed.push(...own);
  }
  return placed;
}

/** Right ends of words stand at the left ends of rows. */
function besideRows({ panel, words }: TokensNamed, camera: Camera, size: Size): PlacedToken[] {
  const { at, size: extent } = panel;
  const height = extent[1] / words.length;
  const places = words.map((_, row) => pixelOf(camera, size, [at[0], at[1] - height * (row + 0.5), at[2]]));
  return places.flatMap((place, row) => {
    if (!place || !isKept(places, row, "y") || !isIn(place, size)) return [];
    const right = place.x - BESIDE;
    const word = cut(words[row]!, right);
    if (!word) return [];
    const top = place.y - LINE / 2;
    const left = right - word.length * LETTER;
    return [{ left, top, right, bottom: top + LINE, words: word, look: "row" }];
  });
}

/** Words stand above columns; where other planes look out there, below them. They are turned where they are longer than wide. */
function atColumns({ panel, words }: TokensNamed, camera: Camera, size: Size): PlacedToken[] {
  const { at, size: extent, box } = panel;
  const isAbove = box.planes === 1;
  const y = isAbove ? at[1] : at[1] - extent[1];
  const width = extent[0] / words.length;
  const places = words.map((_, column) => pixelOf(camera, size, [at[0] + width * (column + 0.5), y, at[2]]));
  const [first, second] = places;
  if (!first || !second) return [];
  const pitch = second.x - first.x;
  const longest = Math.max(...words.map(({ length }) => length)) * LETTER;
  const isTurned = longest + BESIDE > pitch * stepOf(pitch);
  // Nothing stands above what begins the picture.
  const room = box.kind === "input" ? first.y : (FREE * pitch) / width;
  return places.flatMap((place, column) => {
    if (!place || !isKept(places, column, "x") || !isIn(place, size)) return [];
    const word = isTurned ? cut(words[column]!, room - BESIDE) : words[column]!;
    if (!word) return [];
    const [across, down] = isTurned ? [HEIGHT, word.length * LETTER] : [word.length * LETTER, HEIGHT];
    const left = place.x - across / 2;
    const top = isAbove ? place.y - BESIDE - down : place.y + BESIDE;
    const look = isTurned ? (isAbove ? "up" : "down") : "column";
    return [{ left, top, right: left + across, bottom: top + down, words: word, look }];
  });
}

const stepOf = (pitch: number) => Math.ceil(APART / pitch);

/** Whether a cell has its word, by how far it is from the next one. */
function isKept(places: readonly (Point | undefined)[], i: number, axis: "x" | "y"): boolean {
  const [first, second] = places;
  const pitch = first && second ? second[axis] - first[axis] : 0;
  const step = stepOf(pitch);
  return pitch > 0 && step <= MOST_CELLS && i % step === 0;
}

const isIn = ({ x, y }: Point, { width, height }: Size) => x >= 0 && x <= width && y >= 0 && y <= height;

/** As much of a word as has room. */
function cut(word: string, room: number): string | undefined {
  const letters = Math.floor(room / LETTER);
  if (word.length <= letters) return word;
  return letters < FEWEST ? undefined : `${word.slice(0, letters - 1)}…`;
}
