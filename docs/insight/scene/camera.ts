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

/** How much of the picture's half what is faced takes. */
const FILLED = 0.92;

/** A pose that shows a box as a whole and as large as it goes, as usual a little from the side and from above. */
export function facing(
  low: Vector,
  high: Vector,
  aspect: number,
  { yaw = 0.35, pitch = 0.2 }: { yaw?: number; pitch?: number } = {},
): Pose {
  const { right, up, back } = axesOf({ yaw, pitch });
  const middle = scale(add(low, high), 0.5);
  const corners = [low, high].flatMap(([x]) =>
    [low, high].flatMap(([, y]) =>
      [low, high].map(([, , z]): Vector => add([x, y, z], scale(middle, -1))),
    ),
  );
  const nearest = Math.max(...corners.map((corner) => dot(corner, back)));
  // An eye at (x, y, d) sees a corner while its offset is at most (d - depth) · tangent, to either side.
  const room = (axis: Vector, tangent: number) => {
    const ends = corners.map((corner) => ({ at: dot(corner, axis), depth: tangent * dot(corner, back) }));
    const most = Math.max(...ends.map(({ at, depth }) => at + depth));
    const least = Math.min(...ends.map(({ at, depth }) => at - depth));
    return { at: (most + least) / 2, distance: (most - least) / 2 / tangent };
  };
  const across = room(right, FILLED * TANGENT * aspect);
  const upwards = room(up, FILLED * TANGENT);
  const distance = Math.max(across.distance, upwards.distance);
  return {
    target: add(middle, add(scale(right, across.at), scale(up, upwards.at))),
    ...{ yaw, pitch, distance: Math.max(NEAREST, nearest, distance) },
  };
}
