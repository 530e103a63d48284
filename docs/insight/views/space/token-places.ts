import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import type { Vector } from "../../scene/matrix.js";
import type { PickedCell } from "../../scene/pick.js";
import { frontsIn, type IsOnFront } from "./fronts.js";
import { isOn as isOnWords, type Rect, type Size, WORDS } from "./pixels.js";
import { besideRows } from "./row-words.js";
import { BESIDE, cut, keptOf, type PlacedToken, sideOf, widthOf } from "./token-sides.js";
import { type TokensNamed, wordOf } from "./token-words.js";

/** The most words. */
const MOST = 150;

/**
 * Where there is room for words of tokens, at the planes of each tensor that do not stand open. Rows in one line have them once:
 * at the first of these tensors where all of them stand uncut. The row that is pointed at has its own before others. No word
 * stands on another tensor's.
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
  const lines = new Map<string, { words: readonly PlacedToken[]; isWhole: boolean }>();
  for (const each of named) {
    const first = firstOf(each, pointed);
    const closed = each.planes.filter((plane) => !open?.has(plane));
    const planes = closed.length > 0 ? closed : each.planes.slice(0, 1);
    const others = [
      ...placed,
      ...[...lines].flatMap(([line, { words }]) => (line === each.line ? [] : words)),
    ];
    const isOn = (panel: Panel) => (word: Rect) =>
      isOnFront(word, panel, each.near) || others.some((other) => isOnWords(word, other));
    if (each.along === "columns") {
      const words = atColumns(each, planes[0]!, camera, size, first, isOn(planes[0]!));
      if (placed.length + words.length <= MOST) placed.push(...words);
      continue;
    }
    const before = lines.get(each.line);
    if (before?.isWhole) continue;
    const found = besideRows(each, [...new Set([planes[0]!, planes.at(-1)!])], camera, size, first, isOn);
    if (found.isWhole || found.words.length > (before?.words.length ?? 0)) lines.set(each.line, found);
  }
  for (const { words } of lines.values()) if (placed.length + words.length <= MOST) placed.push(...words);
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
  const isTurned = widest === undefined || widest * WORDS.wide + BESIDE > pitch * step;
  const unit = (pitch * each.tokens.length) / extent[0];
  const kept = keptOf(side, each, first);
  const words = kept.flatMap((column): PlacedToken[] => {
    const place = side.at(column);
    if (place.y < 0 || place.y > size.height) return [];
    // Nothing stands above what begins the picture.
    const room =
      box.kind === "input" ? place.y : Math.min(each.free * unit, isAbove ? place.y : size.height - place.y);
    const word = cut(wordOf(each.tokens[column]!), isTurned ? room - BESIDE : Infinity);
    if (!word) return [];
    const [across, down] = isTurned ? [WORDS.line, widthOf(word)] : [widthOf(word), WORDS.line];
    const left = place.x - across / 2;
    const top = isAbove ? place.y - BESIDE - down : place.y + BESIDE;
    const look = isTurned ? (isAbove ? "up" : "down") : "column";
    const rect = { left, top, right: left + across, bottom: top + down };
    return isOnCells(rect) ? [] : [{ ...rect, words: word, look }];
  });
  // A few of them would say nothing of the others.
  return words.length * 2 < kept.length ? [] : words;
}
