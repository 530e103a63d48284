import type { Camera } from "../../scene/camera.js";
import { project, type Vector } from "../../scene/matrix.js";

/** Pixels of a line of words, and about those of a letter. */
export const LINE = 16;
const LETTER = 6.6;

/** Of a front, clockwise from the upper left one. */
export type Corners = readonly [Vector, Vector, Vector, Vector];

/** The upper left, upper right, lower right and lower left corner of a front. */
export function cornersOf(at: Vector, [width, height]: readonly [number, number, ...number[]]): Corners {
  const [left, top, z] = at;
  const [right, bottom] = [left + width, top - height];
  return [
    [left, top, z],
    [right, top, z],
    [right, bottom, z],
    [left, bottom, z],
  ];
}

/** A rectangle in pixels. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where words are drawn. */
export interface PlacedWords extends Rect {
  readonly words: string;
  /** They end at their right end, however wide the letters are. */
  readonly isEnd?: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place in pixels; undefined behind the eye. */
export function pixelOf({ matrix }: Camera, { width, height }: Size, at: Vector): Point | undefined {
  const { x, y, distance } = project(matrix, at);
  return distance > 0 ? { x: ((x + 1) / 2) * width, y: ((1 - y) / 2) * height } : undefined;
}

export const pixels = (corners: Corners, camera: Camera, size: Size): Point[] | undefined => {
  const places = corners.map((corner) => pixelOf(camera, size, corner));
  return places.every((place) => place !== undefined) ? places : undefined;
};

export function around(points: readonly Point[]): Rect {
  const [x, y] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...x), top: Math.min(...y), right: Math.max(...x), bottom: Math.max(...y) };
}

export const middle = (numbers: readonly number[]) => (Math.min(...numbers) + Math.max(...numbers)) / 2;

/** Pixels of a letter, of a line, and at both ends of a line together. */
interface Letters {
  readonly wide: number;
  readonly line: number;
  readonly ends: number;
}

const NAMES: Letters = { wide: LETTER, line: LINE, ends: 8 };
/** Words of tokens, and lists of them, which are larger. */
export const WORDS: Letters = { wide: LETTER, line: 14, ends: 2 };
export const LISTS: Letters = { wide: 7.2, line: 14, ends: 2 };

/** Pixels that words take about, line by line. */
export function extentOf(words: string, { wide, line, ends }: Letters = NAMES): Size {
  const lines = words.split("\n");
  return { width: Math.max(...lines.map(({ length }) => length)) * wide + ends, height: lines.length * line };
}

export function rectAt(left: number, top: number, words: string, letters?: Letters): Rect {
  const { width, height } = extentOf(words, letters);
  return { left, top, right: left + width, bottom: top + height };
}

/** Pixels between a picture's edge and what stands in its corner. */
const EDGE = 6;

/** Where something of this size stands in a picture's corners: at the bottom, then at the top, first on this side. */
export function inCorners(own: Size, picture: Size, first: "left" | "right" = "left"): Rect[] {
  const right = Math.max(EDGE, picture.width - own.width - EDGE);
  const lefts = first === "left" ? [EDGE, right] : [right, EDGE];
  return [picture.height - own.height - EDGE, EDGE].flatMap((top) =>
    lefts.map((left) => ({ left, top, right: left + own.width, bottom: top + own.height })),
  );
}

export const isOn = (a: Rect, b: Rect, apart = 0): boolean =>
  a.left < b.right + apart && b.left < a.right + apart && a.top < b.bottom && b.top < a.bottom;

export const isInside = ({ left, top, right, bottom }: Rect, { width, height }: Size): boolean =>
  left >= 0 && top >= 0 && right <= width && bottom <= height;
