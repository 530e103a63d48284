import type { Camera } from "../../scene/camera.js";
import { add, scale } from "../../scene/matrix.js";
import {
  alongTop,
  cornersIn,
  isClearOf,
  isOnFront,
  nearTensor,
  type TensorNamed,
  type TensorSeen,
} from "./near-tensor.js";
import {
  type Corners,
  isInside,
  isOn,
  LINE,
  type PlacedWords,
  type Point,
  pixels,
  type Rect,
  type Size,
} from "./pixels.js";

/**
 * Names what is read about: where there is less room, without extents, then on what is not read about, and last on itself; on no
 * plane of another that is read about.
 * @returns what has a name
 */
export function nameRead(
  tensors: readonly TensorSeen[],
  seen: readonly TensorSeen[],
  camera: Camera,
  size: Size,
  taken: readonly Rect[],
  obstacles: readonly Rect[],
  words: PlacedWords[],
): TensorSeen[] {
  const planes = tensors.map((tensor) => ({ tensor, fronts: planesIn(tensor.each, camera, size) }));
  const isNamed = (tensor: TensorSeen) => {
    const { each, own, whole } = tensor;
    const find = (
      name: string,
      places: readonly Omit<PlacedWords, "words">[],
      on: readonly Rect[],
      isClear = true,
      isOnPlane = (_: Rect) => false,
    ) => {
      const isFree = (place: Rect) =>
        ![...on, ...words].some((other) => isOn(place, other)) && !isOnPlane(place);
      const place = places.find(
        (place) => isInside(place, size) && isFree(place) && (!isClear || isClearOf(place, tensor, seen)),
      );
      return place && { ...place, words: name };
    };
    const isOnAny = (place: Rect) =>
      planes.some(({ fronts }) => fronts.some((front) => isOnFront(place, front)));
    const isOnOther = (place: Rect) =>
      isOn(place, own) ||
      planes.some(
        (other) => other.tensor !== tensor && other.fronts.some((front) => isOnFront(place, front)),
      );
    const names = [each.words, each.short];
    const near = (name: string, around: Rect) => nearTensor(each, name, own, around, size);
    const tries = [
      () => find(each.words, near(each.words, whole), obstacles),
      () => find(each.words, alongTop(tensor, each.words), obstacles),
      () => find(each.short, near(each.short, whole), obstacles),
      ...names.map((name) => () => find(name, near(name, own), taken, true, isOnAny)),
      () => find(each.short, cornersIn(tensor, each.short), taken, false),
    ];
    // What is large enough to be looked at is not left without one.
    if (own.bottom - own.top >= LINE) {
      tries.push(
        ...names.map((name) => () => find(name, near(name, whole), obstacles, false)),
        ...[own, whole].flatMap((rect) =>
          names.map((name) => () => find(name, near(name, rect), taken, false, isOnAny)),
        ),
        // Only on its own other planes, if anywhere.
        () => find(each.short, near(each.short, own), taken, false, isOnOther),
      );
    }
    for (const attempt of tries) {
      const place = attempt();
      if (place) return words.push(place) > 0;
    }
    return false;
  };
  // Narrow ones stand close to each other: the shorter name leaves the longer one the next line.
  const rank = ({ each, wide }: TensorSeen) => (each.isNarrow ? -each.words.length : wide);
  return tensors.toSorted((a, b) => rank(b) - rank(a)).filter(isNamed);
}

/** The fronts of its planes in the picture: between them something else may stand. */
function planesIn({ front, back, planes }: TensorNamed, camera: Camera, size: Size): (readonly Point[])[] {
  return Array.from({ length: planes }, (_, plane) => {
    const share = plane / Math.max(1, planes - 1);
    const corners = front.map((corner, i) => add(scale(corner, 1 - share), scale(back[i]!, share)));
    const seen = pixels(corners as unknown as Corners, camera, size);
    return seen ? [seen] : [];
  }).flat();
}
