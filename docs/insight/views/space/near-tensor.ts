import {
  type Corners,
  extentOf,
  isInside,
  isOn,
  LINE,
  type PlacedWords,
  type Rect,
  rectAt,
  type Size,
} from "./pixels.js";

/** Pixels between a thing and its name. */
const BESIDE = 4;

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
}

/** A tensor in the picture: how wide it is, where its first plane is, and where all of them are. */
export interface TensorSeen {
  readonly each: TensorNamed;
  readonly wide: number;
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

/** Places for a name in a tensor that is large enough. */
export function cornersIn({ left, top, right, bottom }: Rect, name: string): Rect[] {
  const { width, height } = extentOf(name);
  if (width > (right - left) / 2 || height > (bottom - top) / 2) return [];
  const [x, y] = [right - width, bottom - height];
  return [rectAt(left, top, name), rectAt(x, top, name), rectAt(left, y, name), rectAt(x, y, name)];
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
  // Its other planes may look out to the right.
  const farthest = Math.max(0, Math.min(whole.right, size.width) - width);
  const ends = [rectAt(x, above, words), rectAt(x, below, words), rectAt(farthest, above, words)];
  if (!isNarrow) return [...side, ...ends, ...other];
  // Over its middle, or below it where other planes look out above it; or with its right end there, and a line lower.
  const [centre, end] = [(own.left + own.right - width) / 2, own.right - width];
  const middles = [rectAt(centre, above, words), rectAt(centre, below, words)];
  if (own.top - whole.top > LINE) middles.reverse();
  const lower = [centre, end, x].map((left) => rectAt(left, below + LINE, words));
  return [
    ...middles,
    ...ends,
    rectAt(end, above, words),
    rectAt(end, below, words),
    ...lower,
    ...side,
    ...other,
  ];
}
