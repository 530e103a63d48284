import type { Camera } from "../../scene/camera.js";
import type { Vector } from "../../scene/matrix.js";
import { type Framed, type NetworkNamed, placeNetworks } from "./network-names.js";
import { nearPart, type PartNamed, type PartSeen, partsSeen, reachOf } from "./parts.js";
import {
  around,
  type Corners,
  extentOf,
  isInside,
  isOn,
  LINE,
  type PlacedWords,
  pixelOf,
  pixels,
  type Rect,
  rectAt,
  type Size,
} from "./pixels.js";

/** More names than this are not read. */
const MOST = 30;
/** Pixels that a tensor is wide at least to be named, and to be something that no name may cover. */
const LEAST = 40;
/** Where parts of the network are named, a tensor is that wide at least to be named. */
const LEAST_IN_PART = 120;
const SEEN = 3;
/** More than so many tensors that are read about are named as parts are: they are all that there is. */
const MOST_READ = 12;
/** Pixels between a thing and its name. */
const BESIDE = 4;

/** A name in space. */
export type Named = TensorNamed | LayerNamed | PartNamed | NetworkNamed;

/** A tensor's name stands beside or above it: of what is given on the left, of what is computed on the right. */
interface TensorNamed {
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

/** A layer's name stands above it. Where they are crowded, only every second, fourth … layer has one. */
interface LayerNamed {
  readonly kind: "layer";
  readonly words: string;
  readonly layer: number;
  /** Its left end, and how wide the layer is. */
  readonly at: Vector;
  readonly width: number;
}

/** Names by what they are of: worked out once for many pictures. */
export interface Names {
  readonly networks: readonly NetworkNamed[];
  readonly layers: readonly LayerNamed[];
  readonly parts: readonly PartNamed[];
  readonly tensors: readonly TensorNamed[];
}

export function namesFrom(named: readonly Named[]): Names {
  return {
    networks: named.filter((each) => each.kind === "network"),
    layers: named.filter((each) => each.kind === "layer"),
    parts: named.filter((each) => each.kind === "part"),
    tensors: named.filter((each) => each.kind === "tensor"),
  };
}

/** Where the names stand in the picture: none on another, nor on what is taken already. Tensors that are read about have theirs first. */
export function placeNames(
  { networks, layers, parts, tensors }: Names,
  camera: Camera,
  size: Size,
  taken: readonly Rect[] = [],
  read: ReadonlySet<string> = new Set(),
): { words: PlacedWords[]; framed: Framed[] } {
  const words: PlacedWords[] = [];
  const framed: Framed[] = [];
  placeNetworks(networks, camera, size, words, framed);
  const isUntaken = (name: Rect) => !taken.some((other) => isOn(name, other));
  words.push(...layersSeen(layers, camera, size).filter(isUntaken));
  placeTensors(tensors, partsSeen(parts, camera, size), camera, size, taken, read, words);
  return { words, framed };
}

function layersSeen(named: readonly LayerNamed[], camera: Camera, size: Size): PlacedWords[] {
  const layers = named.flatMap((each) => {
    const { at, width, words } = each;
    const [start, end] = [at, [at[0] + width, at[1], at[2]] as const].map((x) => pixelOf(camera, size, x));
    if (!start || !end) return [];
    // Above the part of it that is seen.
    const x = Math.max(start.x, Math.min(0, end.x - extentOf(words).width));
    return [{ ...rectAt(x, start.y - LINE, words), words, of: each }];
  });
  // As many as have room in each row, with half as much between them.
  for (let step = 1; ; step *= 2) {
    const kept = layers.filter(({ of }) => of.layer % step === 0);
    const isCrowded = kept.some((each, i) => {
      const next = kept[i + 1];
      return next?.of.at[1] === each.of.at[1] && isOn(each, next, (each.right - each.left) / 2);
    });
    if (!isCrowded) return kept.filter((each) => isInside(each, size));
  }
}

/** A tensor in the picture: how wide it is, where its first plane is, and where all of them are. */
interface TensorSeen {
  readonly each: TensorNamed;
  readonly wide: number;
  readonly own: Rect;
  readonly whole: Rect;
}

/** Those that are near one of these places. */
function tensorsSeen(
  tensors: readonly TensorNamed[],
  widest: readonly number[],
  near: readonly Rect[],
  camera: Camera,
  size: Size,
): TensorSeen[] {
  return tensors.flatMap((each, i) => {
    const most = widest[i]!;
    if (most < SEEN) return [];
    const [from, to, , below] = each.front;
    const left = pixelOf(camera, size, from);
    if (!left) return [];
    // Its other corners may stand elsewhere.
    const reach = most * (1 + (from[1] - below[1]) / (to[0] - from[0]));
    const corner = {
      left: left.x - reach,
      right: left.x + reach,
      top: left.y - reach,
      bottom: left.y + reach,
    };
    if (!near.some((place) => isOn(corner, place))) return [];
    const wide = (pixelOf(camera, size, to)?.x ?? left.x) - left.x;
    if (wide < SEEN) return [];
    const front = pixels(each.front, camera, size);
    const back = pixels(each.back, camera, size);
    if (!front || !back) return [];
    const [own, whole] = [around(front), around([...front, ...back])];
    return near.some((place) => isOn(whole, place)) ? [{ each, wide, own, whole }] : [];
  });
}

function placeTensors(
  tensors: readonly TensorNamed[],
  parts: readonly PartSeen[],
  camera: Camera,
  size: Size,
  taken: readonly Rect[],
  read: ReadonlySet<string>,
  words: PlacedWords[],
): void {
  // How wide each is at most; what is far away is not looked at more closely.
  const { matrix } = camera;
  const unit = (size.width / 2) * Math.hypot(matrix[0]!, matrix[4]!, matrix[8]!);
  const widest = tensors.map(({ front: [[x, y, z], [end]] }) => {
    const distance = matrix[3]! * x + matrix[7]! * y + matrix[11]! * z + matrix[15]!;
    return (unit * (end - x)) / Math.abs(distance);
  });
  const isAnyWide = widest.some((width) => width >= LEAST);
  const picture = { left: 0, top: 0, right: size.width, bottom: size.height };
  const seen = tensorsSeen(tensors, widest, isAnyWide ? [picture] : parts.map(reachOf), camera, size);
  const obstacles = [...taken, ...seen.map(({ whole }) => whole)];
  // What is mostly outside goes without a name.
  const isNamed = (least: number) => (tensor: TensorSeen) =>
    lengthOf(tensor) >= least && (isLarge(tensor.own, size) || isInside(centreOf(tensor.own), size));
  const first = seen.filter(({ each }) => read.has(each.tensor)).filter(isNamed(LEAST));
  const isFew = first.length <= MOST_READ;
  const named = isFew ? nameRead(first, size, taken, obstacles, words) : [];
  // Beside them only what is large has a name.
  let least = named.length > 0 ? LEAST_IN_PART : LEAST;
  for (const part of parts) {
    if (named.some(({ each, own }) => each.part === part.words && isOn(own, part.rect))) continue;
    const own = seen.filter(({ each, own }) => each.part === part.words && isOn(own, part.rect));
    if (own.filter(({ wide }) => wide >= LEAST_IN_PART).length * 2 > own.length) continue;
    // Where there is no room it stands on the part itself: its tensors are too small to be read there.
    const others = seen.filter((each) => !own.includes(each)).map(({ whole }) => whole);
    const place =
      nearPart(part, size, [...obstacles, ...words]) ?? nearPart(part, size, [...taken, ...others, ...words]);
    if (!place) continue;
    words.push({ ...place, words: part.words });
    least = LEAST_IN_PART;
  }
  const others = seen.filter((tensor) => !isFew || !first.includes(tensor)).filter(isNamed(least));
  nameTensors(others, size, obstacles, words);
}

/** Pixels of the side by which it is large enough for a name. */
const lengthOf = ({ each, own, wide }: TensorSeen) => (each.isNarrow ? own.bottom - own.top : wide);

/** Names as many as have room, the widest first. */
function nameTensors(
  tensors: readonly TensorSeen[],
  size: Size,
  obstacles: readonly Rect[],
  words: PlacedWords[],
): void {
  for (const { each, own, whole } of tensors.toSorted((a, b) => b.wide - a.wide)) {
    if (words.length === MOST) return;
    const isFree = (place: Rect, but?: Rect) =>
      isInside(place, size) && ![...obstacles, ...words].some((other) => other !== but && isOn(place, other));
    // What is larger than the picture may have its name on it.
    const on = rectAt(Math.max(0, own.left), Math.max(0, own.top), each.words);
    const near = nearTensor(each, each.words, own, whole, size).find((place) => isFree(place));
    const place = near ?? (isLarge(own, size) && isFree(on, whole) ? on : undefined);
    if (place) words.push({ ...place, words: each.words });
  }
}

/**
 * Names what is read about: where there is less room, without extents, then on what is not read about, and last on itself.
 * @returns what has a name
 */
function nameRead(
  tensors: readonly TensorSeen[],
  size: Size,
  taken: readonly Rect[],
  obstacles: readonly Rect[],
  words: PlacedWords[],
): TensorSeen[] {
  const fronts = [...taken, ...tensors.map(({ own }) => own)];
  const isNamed = ({ each, own, whole }: TensorSeen) => {
    const find = (name: string, places: readonly Rect[], on: readonly Rect[]) => {
      const isFree = (place: Rect) => ![...on, ...words].some((other) => isOn(place, other));
      const place = places.find((place) => isInside(place, size) && isFree(place));
      return place && { ...place, words: name };
    };
    const names = [each.words, each.short];
    const tries = [
      ...names.map((name) => () => find(name, nearTensor(each, name, own, whole, size), obstacles)),
      ...names.map((name) => () => find(name, nearTensor(each, name, own, own, size), fronts)),
      () => find(each.short, cornersIn(own, each.short), taken),
    ];
    for (const attempt of tries) {
      const place = attempt();
      if (place) return words.push(place) > 0;
    }
    return false;
  };
  return tensors.toSorted((a, b) => b.wide - a.wide).filter(isNamed);
}

/** Places for a name in a tensor that is large enough. */
function cornersIn({ left, top, right, bottom }: Rect, name: string): Rect[] {
  const { width, height } = extentOf(name);
  if (width > (right - left) / 2) return [];
  const [x, y] = [right - width, bottom - height];
  return [rectAt(left, top, name), rectAt(x, top, name), rectAt(left, y, name), rectAt(x, y, name)];
}

/** Places for a tensor's name near the part of it that is seen: on its own side, else above it or below it. */
function nearTensor(
  { isGiven, isNarrow }: TensorNamed,
  words: string,
  own: Rect,
  whole: Rect,
  size: Size,
): Rect[] {
  const { width } = extentOf(words);
  const [top, bottom] = [Math.max(0, own.top), Math.min(size.height, own.bottom)];
  const y = bottom - top < 2 * LINE ? (top + bottom - LINE) / 2 : top;
  const x = Math.max(0, Math.min(own.left, size.width - width));
  const right = rectAt(whole.right + BESIDE, y, words);
  const left = rectAt(whole.left - BESIDE - width, y, words);
  const [near, far] = isGiven ? [left, right] : [right, left];
  // What stands at the picture's edge has it on the other side.
  const side = isInside(near, size) ? [near] : [];
  const other = isInside(near, size) ? [] : [far];
  const [above, below] = [whole.top - 1 - LINE, whole.bottom + 1];
  const ends = [rectAt(x, above, words), rectAt(x, below, words)];
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

const isLarge = ({ left, top, right, bottom }: Rect, { width, height }: Size) =>
  right - left > width / 2 || bottom - top > height / 2;

function centreOf({ left, top, right, bottom }: Rect): Rect {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return { left: x, top: y, right: x, bottom: y };
}
