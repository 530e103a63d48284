import { listedIn } from "../../../next/listed.js";
import { PARTS, type Part } from "./tensors.js";

/** Where the rows of a part stand, in px. */
export interface Column {
  readonly x: number;
  readonly width: number;
  readonly top: number;
  /** From one row to the next. */
  readonly pitch: number;
  /** Of a row. */
  readonly thickness: number;
}

export interface BlockLayout {
  readonly width: number;
  readonly height: number;
  /** What comes after is computed from what stands before. */
  readonly columns: Readonly<Partial<Record<Part, Column>>>;
  /** Where the next tokens are listed, or what says that they are listed below. */
  readonly next: Column;
  /** Whether the list stands at the picture's end: where there is no room for all of it, it stands below. */
  readonly hasList: boolean;
  /** How many there is room for. */
  readonly listed: number;
  /** Where the rows end. */
  readonly bottom: number;
}

/** Of the tokens' texts. */
export const TOKENS = 66;
/** Above the rows stand the names, and the stream passes by; below stand widths, and where dropout acts. */
const [ABOVE, BELOW] = [68, 48];
/** Between queries, keys and values stand their names. */
const NAMED = 24;
/** The least height of rows: in a low window all are seen with what tells of them below. */
const [LOWEST, LOOSEST, TOLD] = [180, 300, 64];
/** From a token to the next where each can just be read; below, every so many are written. */
export const READ_PITCH = 11;
/** Rows are no closer: in a narrow window a finger has to find one. */
const [LEAST_PITCH, LEAST_TOUCHED, NARROW] = [7.3, 12.4, 700];
/** The least side of a square, and of a token's dot in it: with the list of next tokens beside it, or else. */
const [LEAST_LISTED, LEAST_ALONE] = [
  [84, 2.1],
  [48, 1.3],
] as const;
/** From one of the next tokens to the next one, and what stands above and below them in the picture. */
const [NEXT_PITCH, NEXT_ABOVE, NEXT_BELOW] = [32, 148, 42];
/** Of the word that they are listed below. */
const STUB = 42;
/** The least share of its own width that a row has, where the picture just fits by that. */
const SLIM = 0.8;
/** The least and the most that spaces are stretched. */
const [TIGHT, LOOSE] = [0.65, 1.7];

/** From left to right: the space before a part, and its width. Queries, keys and values stand above each other. */
const SPACES: Readonly<Record<Part | "next", readonly [before: number, width: number]>> = {
  // Ids stand before it.
  token: [56, 30],
  place: [28, 30],
  into: [28, 38],
  norm1: [20, 26],
  query: [44, 40],
  key: [0, 40],
  value: [0, 40],
  scores: [30, 0],
  masked: [22, 0],
  weights: [22, 0],
  found: [40, 32],
  mixed: [30, 32],
  attended: [40, 34],
  middle: [30, 38],
  norm2: [20, 26],
  wide: [28, 54],
  up: [6, 54],
  made: [24, 34],
  fed: [28, 34],
  out: [30, 38],
  final: [20, 26],
  logits: [18, 34],
  next: [40, 136],
};
/** Behind the next tokens, so that their frames are not the picture's. */
const END = 8;
/** Before the stream, where no embedding is drawn: the blocks that it has gone through. */
const BLOCKS_BEFORE = 72;

/** What a picture is drawn in, in px. */
export interface Room {
  readonly width: number;
  /** What the window has left for it. */
  readonly height: number;
  /** What it has as a whole. */
  readonly window: number;
}

/** How high the rows are together: as the window has room, so that all are seen at once, from where some can just be read to where they stand loosely. */
export function rowsHeight(tokens: number, { width, height, window }: Room): number {
  const least = width < NARROW ? LEAST_TOUCHED : LEAST_PITCH;
  const [close, apart] = [least, Math.max(12.4, 26 - 0.6 * Math.max(0, tokens - 12))].map((pitch) =>
    Math.max(clamp(window - ABOVE - BELOW - TOLD, LOWEST, LOOSEST), tokens * pitch),
  ) as [number, number];
  return clamp(height - ABOVE - BELOW, close, apart);
}

/** Lays the picture out for so many tokens; it needs more than the room where that is narrow. */
export function blockLayout(tokens: number, given: Room, has: (part: Part) => boolean): BlockLayout {
  const height = rowsHeight(tokens, given);
  const room = given.width;
  const parts = [...PARTS.filter(has), "next" as const];
  const isGated = has("up");
  const isBelow = (part: Part | "next") => part === "key" || part === "value";
  const along = parts.filter((part) => !isBelow(part));
  const spaceOf = (part: Part | "next") =>
    part === "into" && !has("token") ? BLOCKS_BEFORE : SPACES[part][0];
  const spaces = along.reduce((sum, part) => sum + spaceOf(part), 0);
  const ownWidth = (part: Part | "next") =>
    SPACES[part][1] * (isGated && /^(wide|up)$/.test(part) ? 0.55 : 1);
  const needed = TOKENS + END + along.reduce((sum, part) => sum + ownWidth(part), 0);
  const sideOf = ([side, dot]: readonly [number, number]) => Math.max(side, dot * tokens);
  const hasList = needed + 3 * sideOf(LEAST_LISTED) + TIGHT * spaces <= room;
  const own = needed - TOKENS - END - SPACES.next[1];
  const stubbed = TOKENS + END + STUB;
  const share = (room - stubbed - 3 * sideOf(LEAST_ALONE) - TIGHT * spaces) / own;
  const slim = hasList || share < SLIM ? 1 : Math.min(1, share);
  const fixed = hasList ? needed : stubbed + slim * own;
  const widthOf = (part: Part | "next") => (part === "next" && !hasList ? STUB : slim * ownWidth(part));
  const widest = Math.min(200, 0.42 * height);
  const fits = (room - fixed - TIGHT * spaces) / 3;
  const good = Math.max(84, 3.6 * tokens);
  // Where it is wider than the room anyway, dots are as large as they should be.
  const least = fits < sideOf(hasList ? LEAST_LISTED : LEAST_ALONE) - 0.01 ? good : Math.min(fits, good);
  const square = clamp((room - fixed - spaces) / 3, least, widest);
  const spread = clamp((room - fixed - 3 * square) / spaces, TIGHT, LOOSE);
  const rest = (height - square - 2 * NAMED) / 2;

  const whole = ABOVE + height + BELOW;
  const roomFor = Math.floor((whole - NEXT_ABOVE - NEXT_BELOW) / NEXT_PITCH);
  const listed = listedIn(hasList ? roomFor : 0);
  const extent = listed * NEXT_PITCH;

  const columns: Partial<Record<Part | "next", Column>> = {};
  let x = TOKENS;
  const put = (part: Part | "next", width: number, top: number, extent: number, rows: number) => {
    const pitch = extent / rows;
    columns[part] = { x, width, top: ABOVE + top, pitch, thickness: Math.min(18, 0.72 * pitch) };
  };
  for (const part of along) {
    x += spread * spaceOf(part);
    const width = widthOf(part);
    if (part === "query") {
      put("query", width, 0, square, tokens);
      put("key", width, square + NAMED, rest, tokens);
      put("value", width, square + rest + 2 * NAMED, rest, tokens);
    } else if (width === 0) put(part, square, 0, square, tokens);
    else if (part === "next")
      put(part, width, hasList ? height + BELOW - NEXT_BELOW - extent : 0, extent, listed);
    else put(part, width, 0, height, tokens);
    x += width === 0 ? square : width;
  }
  const { next, ...rows } = columns;
  const ends = { height: whole, bottom: ABOVE + height };
  return { width: x + END, ...ends, columns: rows, next: next!, hasList, listed };
}

/** The middle of a row. */
export const rowAt = ({ top, pitch }: Column, row: number) => top + (row + 0.5) * pitch;

/** Which row is at this height. */
export const rowFrom = ({ top, pitch }: Column, y: number) => Math.floor((y - top) / pitch);

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
