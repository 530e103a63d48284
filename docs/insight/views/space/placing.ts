import type { Camera } from "../../scene/camera.js";
import type { Vector } from "../../scene/matrix.js";
import { isClearOf, nearTensor, type TensorNamed, type TensorSeen } from "./near-tensor.js";
import { type Framed, type NetworkNamed, placeNetworks } from "./network-names.js";
import { nearPart, type PartNamed, type PartSeen, partsSeen, reachOf } from "./parts.js";
import {
  around,
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

import { nameRead } from "./read-names.js";

/** More names than this are not read. */
const MOST = 30;
/** Pixels that a tensor is wide at least to be named, and to be something that no name may cover. */
const LEAST = 40;
/** What is read about is spoken of. */
const LEAST_READ = 20;
/** Where parts of the network are named, a tensor is that wide at least to be named. */
const LEAST_IN_PART = 120;
const SEEN = 3;
/** More than so many tensors that are read about are named as parts are: they are all that there is. */
const MOST_READ = 12;
/** A name in space. */
export type Named = TensorNamed | LayerNamed | PartNamed | NetworkNamed;

/** A layer's name stands above it. Where they are crowded, only every second, fourth … layer has one. */
interface LayerNamed {
  readonly kind: "layer";
  readonly words: string;
  readonly layer: number;
  /** Its left end, and how wide the layer is, and how high with the name. */
  readonly at: Vector;
  readonly width: number;
  readonly height: number;
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

/**
 * Where the names stand in the picture: none on another, nor on what is taken already. Tensors that are read about have theirs first,
 * or alone: then no other has one.
 */
export function placeNames(
  { networks, layers, parts, tensors }: Names,
  camera: Camera,
  size: Size,
  taken: readonly Rect[] = [],
  read: ReadonlySet<string> = new Set(),
  isAlone = false,
): { words: PlacedWords[]; framed: Framed[] } {
  const words: PlacedWords[] = [];
  const framed: Framed[] = [];
  placeNetworks(networks, camera, size, words, framed);
  const isUntaken = (name: Rect) => !taken.some((other) => isOn(name, other));
  words.push(...layersSeen(layers, camera, size).filter(isUntaken));
  const isOther = isAlone && read.size > 0 ? ({ tensor }: TensorNamed) => read.has(tensor) : () => true;
  placeTensors(tensors, partsSeen(parts, camera, size), camera, size, taken, read, isOther, words);
  return { words, framed };
}

function layersSeen(named: readonly LayerNamed[], camera: Camera, size: Size): PlacedWords[] {
  const layers = named.flatMap((each) => {
    const { at, width, words } = each;
    const [start, end] = [at, [at[0] + width, at[1], at[2]] as const].map((x) => pixelOf(camera, size, x));
    if (!start || !end) return [];
    // Above the part of it that is seen: at the picture's edge where it begins farther up, unless it is most of the picture.
    const x = Math.max(start.x, Math.min(0, end.x - extentOf(words).width));
    const bottom = pixelOf(camera, size, [at[0], at[1] - each.height, at[2]])?.y ?? 0;
    const isBeyond = start.y < LINE && bottom > 2 * LINE && end.x - start.x < size.width / 2;
    return [{ ...rectAt(x, isBeyond ? 0 : start.y - LINE, words), words, of: each }];
  });
  // As many as have room in each row, with a quarter as much between them.
  for (let step = 1; ; step *= 2) {
    const kept = layers.filter(({ of }) => of.layer % step === 0);
    const isCrowded = kept.some((each, i) => {
      const next = kept[i + 1];
      return next?.of.at[1] === each.of.at[1] && isOn(each, next, (each.right - each.left) / 4);
    });
    if (!isCrowded) return kept.filter((each) => isInside(each, size));
  }
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
    const least = each.isNarrow ? SEEN / 2 : SEEN;
    const most = widest[i]!;
    if (most < least) return [];
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
    if (wide < least) return [];
    const front = pixels(each.front, camera, size);
    const back = pixels(each.back, camera, size);
    if (!front || !back) return [];
    const [own, whole] = [around(front), around([...front, ...back])];
    return near.some((place) => isOn(whole, place)) ? [{ each, wide, front, own, whole }] : [];
  });
}

function placeTensors(
  tensors: readonly TensorNamed[],
  parts: readonly PartSeen[],
  camera: Camera,
  size: Size,
  taken: readonly Rect[],
  read: ReadonlySet<string>,
  isOther: (tensor: TensorNamed) => boolean,
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
    lengthOf(tensor) >= least &&
    isMuch(tensor.own, size) &&
    (isLarge(tensor.own, size) || isInside(centreOf(tensor.own), size));
  const first = seen.filter(({ each }) => read.has(each.tensor)).filter(isNamed(LEAST_READ));
  const isFew = first.length <= MOST_READ;
  const named = isFew ? nameRead(first, seen, camera, size, taken, obstacles, words) : [];
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
  const others = seen.filter((tensor) => isOther(tensor.each) && (!isFew || !first.includes(tensor)));
  nameTensors(others.filter(isNamed(least)), seen, size, obstacles, words);
}

/** Pixels of the side by which it is large enough for a name. */
const lengthOf = ({ each, own, wide }: TensorSeen) => (each.isNarrow ? own.bottom - own.top : wide);

/** Names as many as have room, the widest first. */
function nameTensors(
  tensors: readonly TensorSeen[],
  seen: readonly TensorSeen[],
  size: Size,
  obstacles: readonly Rect[],
  words: PlacedWords[],
): void {
  for (const tensor of tensors.toSorted((a, b) => b.wide - a.wide)) {
    if (words.length === MOST) return;
    const { each, own, whole } = tensor;
    const isFree = (place: Rect, but?: Rect) =>
      isInside(place, size) && ![...obstacles, ...words].some((other) => other !== but && isOn(place, other));
    // What is larger than the picture may have its name on it.
    const on = rectAt(Math.max(0, own.left), Math.max(0, own.top), each.words);
    const near = nearTensor(each, each.words, own, whole, size).find(
      (place) => isFree(place) && isClearOf(place, tensor, seen),
    );
    const place = near ?? (isLarge(own, size) && isFree(on, whole) ? on : undefined);
    if (place) words.push({ ...place, words: each.words });
  }
}

/** Whether of what is larger than a line so much is in the picture, too. */
const isMuch = ({ left, top, right, bottom }: Rect, { width, height }: Size) =>
  Math.min(right, width) - Math.max(left, 0) >= Math.min(LEAST, right - left) &&
  Math.min(bottom, height) - Math.max(top, 0) >= Math.min(LINE, bottom - top);

const isLarge = ({ left, top, right, bottom }: Rect, { width, height }: Size) =>
  right - left > width / 2 || bottom - top > height / 2;

function centreOf({ left, top, right, bottom }: Rect): Rect {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return { left: x, top: y, right: x, bottom: y };
}
