import {
  type Corners,
  extentOf,
  isInside,
  isOn,
  LINE,
  type PlacedWords,
  type Point,
  type Rect,
  rectAt,
  type Size,
} from "./pixels.js";

/** Pixels between a thing and its name. */
const BESIDE = 4;
/** Pixels from a side to a name in a tensor, and what a measure takes. */
const INSIDE = 3;
const MEASURE = 18;

/** A tensor's name stands beside or above it: of what is given on the left, of what is computed on the right. */
export interface TensorNamed {
  readonly kind: "tensor";
  readonly tensor: string;
  readonly words: string;
  /** Without its extents, where there is less room. */
  readonly short: string;
  readonly isGiven: boolean;
  /** It is one cell wide, and its name stands above it. */
  readonly isNarrow: boolean;
  /** The part of the network that it belongs to. */
  readonly part: string | undefined;
  /** The corners of its first plane, and those of its last. */
  readonly front: Corners;
  readonly back: Corners;
  readonly planes: number;
}

/** A tensor in the picture: how wide it is, where its first plane is, and where all of them are. */
export interface TensorSeen {
  readonly each: TensorNamed;
  readonly wide: number;
  /** The corners of its first plane. */
  readonly front: readonly Point[];
  readonly own: Rect;
  readonly whole: Rect;
}

/** Whether a name that stands here is taken for its own tensor's: above and below it stands no other so near. */
export function isClearOf(
  { left, top, right, bottom }: Rect,
  { own, each }: TensorSeen,
  seen: readonly TensorSeen[],
): boolean {
  const isBeside = left >= own.right || right <= own.left;
  const by = isBeside ? LINE : BESIDE;
  const reach = { left, right, top: top - by, bottom: bottom + by };
  return !seen.some((other) => other.each !== each && isOn(reach, other.own));
}

/** Heights of a front's upper and lower side over this way across. */
function sidesAt(front: readonly Point[], from: number, to: number) {
  const [a, b, c, d] = front as [Point, Point, Point, Point];
  const heights = (left: Point, right: Point) =>
    [from, to].map((x) => left.y + ((right.y - left.y) * (x - left.x)) / (right.x - left.x));
  return { upper: heights(a, b), lower: heights(d, c) };
}

/** Whether a name would stand on a front: where that is slanted, it may stand above or below its sides there. */
export function isOnFront({ left, top, right, bottom }: Rect, front: readonly Point[]): boolean {
  const [a, b, c, d] = front as [Point, Point, Point, Point];
  const [from, to] = [Math.max(left, Math.min(a.x, d.x)), Math.min(right, Math.max(b.x, c.x))];
  if (from >= to) return false;
  const { upper, lower } = sidesAt(front, from, to);
  return top < Math.max(...lower) && bottom > Math.min(...upper);
}

/** Places for a name in a tensor that is large enough, on none of its sides. */
export function cornersIn({ front, own }: TensorSeen, name: string): Rect[] {
  const { width, height } = extentOf(name);
  if (width > (own.right - own.left) / 2 || height > (own.bottom - own.top) / 2) return [];
  const [a, b, c, d] = front as [Point, Point, Point, Point];
  const places = [Math.max(a.x, d.x) + INSIDE, Math.min(b.x, c.x) - width - INSIDE].map((x) => {
    const { upper, lower } = sidesAt(front, x, x + width);
    return { x, top: Math.max(...upper) + INSIDE, bottom: Math.min(...lower) - height - INSIDE };
  });
  return [
    ...places.map(({ x, top }) => rectAt(x, top, name)),
    ...places.map(({ x, bottom }) => rectAt(x, bottom, name)),
  ];
}

/** Places along a slanted upper side, with room for a measure below them. */
export function alongTop({ front }: TensorSeen, name: string): Rect[] {
  const { width } = extentOf(name);
  const [a, b] = front as [Point, Point];
  return [0.25, 0.375, 0.5].map((share) => {
    const x = a.x + share * (b.x - a.x);
    const { upper } = sidesAt(front, x, x + width);
    return rectAt(x, Math.min(...upper) - LINE - MEASURE, name);
  });
}

/** Places for a tensor's name near the part of it that is seen: on its own side, else above it or below it. */
export function nearTensor(
  { isGiven, isNarrow }: TensorNamed,
  words: string,
  own: Rect,
  whole: Rect,
  size: Size,
): Omit<PlacedWords, "words">[] {
  const { width } = extentOf(words);
  const [top, bottom] = [Math.max(0, own.top), Math.min(size.height, own.bottom)];
  const y = bottom - top < 2 * LINE ? (top + bottom - LINE) / 2 : top;
  const x = Math.max(0, Math.min(own.left, size.width - width));
  // Where its other planes look out, the last of them is what stands there.
  const last = Math.max(0, whole.top);
  const right = rectAt(whole.right + BESIDE, whole.right - own.right > LINE ? last : y, words);
  const start = rectAt(whole.left - BESIDE - width, own.left - whole.left > LINE ? last : y, words);
  const left = { ...start, isEnd: true };
  const [near, far] = isGiven ? [left, right] : [right, left];
  // What stands at the picture's edge has it on the other side.
  const side = isInside(near, size) ? [near] : [];
  const other = isInside(near, size) ? [] : [far];
  const [above, below] = [whole.top - 1 - LINE, whole.bottom + 1];
  const ends = [rectAt(x, above, words), rectAt(x, below, words)];
  if (whole.right - own.right > LINE) {
    ends.push(rectAt(Math.max(0, Math.min(whole.right, size.width) - width), above, words));
  }
  const [centre, end] = [(own.left + own.right - width) / 2, own.right - width];
  // Below words that stand below it.
  const lower = (lefts: readonly number[]) => lefts.map((left) => rectAt(left, below + LINE + BESIDE, words));
  if (!isNarrow) return [...side, ...ends, ...other, ...lower([x, end])];
  // Over its middle, or below it where other planes look out above it; or with its right end there, and a line lower.
  const middles = [rectAt(centre, above, words), rectAt(centre, below, words)];
  if (own.top - whole.top > LINE) middles.reverse();
  return [
    ...middles,
    ...ends,
    rectAt(end, above, words),
    rectAt(end, below, words),
    ...lower([centre, end, x]),
    ...side,
    ...other,
  ];
}
