import { add, dot, type Matrix, multiply, perspective, scale, type Vector } from "./matrix.js";

/** How the scene is looked at: a point in the middle of the picture, and where the eye is from there. */
export interface Pose {
  readonly target: Vector;
  /** Radians to the right of the front. */
  readonly yaw: number;
  /** Radians above the horizon. */
  readonly pitch: number;
  readonly distance: number;
}

/** Of half the vertical field of view: 20 degrees. */
const TANGENT = Math.tan(Math.PI / 9);
const STEEPEST = 1.5;
const NEAREST = 4;
const FARTHEST = 1e7;

/** A pose worked out for a picture of this shape. */
export interface Camera {
  readonly matrix: Matrix;
  readonly eye: Vector;
  /** The direction from the eye through a place of the picture, x and y from -1 to 1. */
  ray(x: number, y: number): Vector;
}

export function cameraOf(pose: Pose, aspect: number): Camera {
  const { right, up, back } = axesOf(pose);
  const eye = add(pose.target, scale(back, pose.distance));
  const axes = [right, up, back] as const;
  const view = [
    ...[0, 1, 2].flatMap((i) => [...axes.map((axis) => axis[i]!), 0]),
    ...axes.map((axis) => -dot(axis, eye)),
    1,
  ];
  const lens = perspective(TANGENT, aspect, pose.distance / 50, pose.distance * 50);
  return {
    matrix: multiply(lens, view),
    eye,
    ray: (x, y) => add(add(scale(right, x * TANGENT * aspect), scale(up, y * TANGENT)), scale(back, -1)),
  };
}

function axesOf({ yaw, pitch }: Pick<Pose, "yaw" | "pitch">): { right: Vector; up: Vector; back: Vector } {
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [
    Math.sin(yaw),
    Math.cos(yaw),
    Math.sin(pitch),
    Math.cos(pitch),
  ];
  return {
    right: [cosYaw, 0, -sinYaw],
    up: [-sinYaw * sinPitch, cosPitch, -cosYaw * sinPitch],
    back: [sinYaw * cosPitch, sinPitch, cosYaw * cosPitch],
  };
}

/** Turned around the target. */
export function turned(pose: Pose, yaw: number, pitch: number): Pose {
  const within = Math.max(-STEEPEST, Math.min(STEEPEST, pose.pitch + pitch));
  return { ...pose, yaw: pose.yaw + yaw, pitch: within };
}

/** Moved sideways and upwards, by shares of the picture's height. */
export function moved(pose: Pose, x: number, y: number): Pose {
  const { right, up } = axesOf(pose);
  const height = 2 * TANGENT * pose.distance;
  return { ...pose, target: add(pose.target, add(scale(right, x * height), scale(up, y * height))) };
}

/** Nearer by a factor below 1, farther by one above. */
export function zoomed(pose: Pose, factor: number): Pose {
  return { ...pose, distance: Math.max(NEAREST, Math.min(FARTHEST, pose.distance * factor)) };
}

/** From one pose to another; `share` from 0 to 1 starts and ends gently. */
export function between(from: Pose, to: Pose, share: number): Pose {
  const t = share * share * (3 - 2 * share);
  const mix = (a: number, b: number) => a + t * (b - a);
  return {
    target: from.target.map((a, i) => mix(a, to.target[i]!)) as unknown as Vector,
    yaw: mix(from.yaw, to.yaw),
    pitch: mix(from.pitch, to.pitch),
    distance: from.distance * (to.distance / from.distance) ** t,
  };
}

/** How much of the picture's half, to each side of its middle, what is faced takes at most. */
export interface Room {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const FILLED: Room = { left: 0.92, right: 0.92, top: 0.92, bottom: 0.92 };

/** A pose that shows a box as a whole and as large as it goes, as usual a little from the side and from above. */
export function facing(
  low: Vector,
  high: Vector,
  aspect: number,
  from: { yaw?: number; pitch?: number } = {},
): Pose {
  const corners = [low, high].flatMap(([x]) =>
    [low, high].flatMap(([, y]) => [low, high].map(([, , z]): Vector => [x, y, z])),
  );
  return facingAll(corners, aspect, from);
}

/** The same for places in space, in a part of the picture. */
export function facingAll(
  places: readonly Vector[],
  aspect: number,
  { yaw = 0.35, pitch = 0.2 }: { yaw?: number; pitch?: number } = {},
  filled: Room = FILLED,
): Pose {
  const { right, up, back } = axesOf({ yaw, pitch });
  const middle = middleOf(places);
  const seen = places.map((place) => add(place, scale(middle, -1)));
  const depths = seen.map((place) => dot(place, back));
  // An eye at (x, y, d) sees a place while its offset is at most (d - depth) · tangent, to either side.
  const room = (axis: Vector, before: number, after: number) => {
    let [first, last] = [Infinity, -Infinity];
    for (const [i, place] of seen.entries()) {
      const at = dot(place, axis);
      first = Math.min(first, at - before * depths[i]!);
      last = Math.max(last, at + after * depths[i]!);
    }
    return {
      distance: (last - first) / (before + after),
      at: (distance: number) => (first + last + (before - after) * distance) / 2,
    };
  };
  const wide = TANGENT * aspect;
  const across = room(right, filled.left * wide, filled.right * wide);
  const upwards = room(up, filled.bottom * TANGENT, filled.top * TANGENT);
  const nearest = depths.reduce((most, depth) => Math.max(most, depth), NEAREST);
  const distance = Math.max(nearest, across.distance, upwards.distance);
  return {
    target: add(middle, add(scale(right, across.at(distance)), scale(up, upwards.at(distance)))),
    ...{ yaw, pitch, distance },
  };
}

function middleOf(places: readonly Vector[]): Vector {
  const along = (axis: 0 | 1 | 2) => {
    let [low, high] = [Infinity, -Infinity];
    for (const place of places) {
      low = Math.min(low, place[axis]);
      high = Math.max(high, place[axis]);
    }
    return (low + high) / 2;
  };
  return [along(0), along(1), along(2)];
}
