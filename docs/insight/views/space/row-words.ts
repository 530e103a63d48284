import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import type { Vector } from "../../scene/matrix.js";
import type { Rect, Size } from "./pixels.js";
import {
  APART,
  BESIDE,
  cut,
  keptOf,
  LARGE,
  type PlacedToken,
  type Side,
  sideOf,
  widthOf,
} from "./token-sides.js";
import { type TokensNamed, wordOf } from "./token-words.js";

/** Rows of so many pixels have a word each: words spread beside them, with lines to them where they stand farther away. */
const SPREAD = 3.5;
/** Words that spread take such a share of the picture's height at most. */
const MOST = 0.8;
/** Pixels that a word may stand beside its row without a line to it, and those of a line. */
const NEAR = 6;
const LEADER = 8;
/** Pixels of a line of letters. */
const HEIGHT = 13;

/** Words beside rows; whole where each row that is to have one has it, uncut. */
interface Found {
  readonly words: readonly PlacedToken[];
  readonly isWhole: boolean;
}

const NONE: Found = { words: [], isWhole: false };

/**
 * Words stand before the rows of the first plane, or behind them, or so at the last plane: where all of them stand, first of all
 * uncut. Of a text all rows have theirs, or every second, third …, or none.
 */
export function besideRows(
  each: TokensNamed,
  planes: readonly Panel[],
  camera: Camera,
  size: Size,
  first: readonly number[],
  isOn: (panel: Panel) => (word: Rect) => boolean,
): Found {
  const ends = planes.flatMap((panel) => {
    const { at, size: extent } = panel;
    return (["row", "after"] as const).flatMap((look) => {
      const start: Vector = look === "row" ? at : [at[0] + extent[0], at[1], at[2]];
      const side = sideOf(each, camera, size, start, [0, -extent[1], 0], "y");
      return side ? [{ look, side, lists: listsOf(side, each, first, size), isOnCells: isOn(panel) }] : [];
    });
  });
  let most = NONE;
  for (const i of [0, 1, 2]) {
    let cutShort: Found | undefined;
    for (const { look, side, lists, isOnCells } of ends) {
      const rows = lists[i];
      if (!rows || rows.length === 0) continue;
      const words = wordsAt(look, side, each, rows, size, isOnCells);
      const isAll = words.length === rows.length;
      const isUncut = words.every(({ words }) => !words.endsWith("…"));
      if (isAll && isUncut) return { words, isWhole: true };
      if (isAll) cutShort ??= { words, isWhole: false };
      else if (each.of === "vocabulary" && words.length > most.words.length) most = { words, isWhole: false };
    }
    if (cutShort) return cutShort;
  }
  return most;
}

/** Which rows are to have words: all, those that come first, or as many as have room. */
function listsOf(
  side: Side,
  each: TokensNamed,
  first: readonly number[],
  { height }: Size,
): (readonly number[] | undefined)[] {
  const { at, from, to, pitch, step } = side;
  const hasRoom = (rows: number) => rows * APART <= MOST * height;
  const isAll = step === 1 || (pitch >= SPREAD && hasRoom(to - from + 1));
  const own = first.filter((row) => row >= from && row <= to).sort((a, b) => a - b);
  const isFirst =
    each.of === "vocabulary" && step > 2 && hasRoom(own.length) && at(to).y - at(from).y > LARGE.vocabulary;
  return [
    isAll ? Array.from({ length: to - from + 1 }, (_, i) => from + i) : undefined,
    isFirst ? own : undefined,
    keptOf(side, each, first),
  ];
}

/** Right ends of words at the left ends of rows, or left ends at the right ones. */
function wordsAt(
  look: "row" | "after",
  { at }: Side,
  { tokens }: TokensNamed,
  rows: readonly number[],
  size: Size,
  isOnCells: (word: Rect) => boolean,
): PlacedToken[] {
  const places = rows.map(at);
  const heights = spread(places.map(({ y }) => y));
  const isLed = places.some(({ y }, i) => Math.abs(heights[i]! - y) > NEAR);
  const way = look === "row" ? -1 : 1;
  return rows.flatMap((row, i): PlacedToken[] => {
    const [place, y] = [places[i]!, heights[i]!];
    const x = place.x + way * (BESIDE + (isLed ? LEADER : 0));
    const word = cut(wordOf(tokens[row]!), look === "row" ? x : size.width - x);
    if (!word || place.x > size.width || place.x < 0) return [];
    const left = look === "row" ? x - widthOf(word) : x;
    const rect = { left, top: y - HEIGHT / 2, right: left + widthOf(word), bottom: y + HEIGHT / 2 };
    if (isOnCells(rect) || (isLed && (rect.top < 0 || rect.bottom > size.height))) return [];
    return [{ ...rect, words: word, look, ...(isLed && { leader: [place, { x, y }] }) }];
  });
}

/** Heights that are apart, each as near as may be to where it should be. */
function spread(heights: readonly number[]): number[] {
  // Those that would be too near to each other stand together, around their middle.
  const groups: { middle: number; count: number }[] = [];
  for (const height of heights) {
    let group = { middle: height, count: 1 };
    for (let last = groups.at(-1); last; last = groups.at(-1)) {
      if (group.middle - last.middle >= ((group.count + last.count) / 2) * APART) break;
      const count = group.count + last.count;
      group = { middle: (group.middle * group.count + last.middle * last.count) / count, count };
      groups.pop();
    }
    groups.push(group);
  }
  return groups.flatMap(({ middle, count }) =>
    Array.from({ length: count }, (_, i) => middle + (i - (count - 1) / 2) * APART),
  );
}
