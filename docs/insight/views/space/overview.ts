import { cameraOf, facing, type Pose } from "../../scene/camera.js";
import { bounds, type Panel } from "../../scene/layout.js";
import { around, cornersOf, pixels, type Size } from "./pixels.js";
import { byTensor } from "./regions.js";

/** Several columns are seen nearly from the front, where they are equally large. */
const FRONT = { yaw: 0.12, pitch: 0.1 } as const;
/** Pixels above them for their names, and below them for a hint; and the largest share of the picture that these take. */
const HEAD = 30;
const FOOT = 12;
const MOST = 0.2;
/** Something is seen from so many pixels on. What is read about stays so large, or keeps such a share of its size. */
const SEEN = 40;
const LARGE = 120;
const KEPT = 1 / 3;

type Angle = Pick<Pose, "yaw" | "pitch">;

/** A pose that shows all of these panels, and as many of their operands as leave all large enough. */
export function overview(
  panels: readonly Panel[],
  size: Size,
  from?: Angle,
  operands: readonly Panel[] = [],
): Pose {
  const poseOf = (shown: readonly Panel[]) => posed(shown, size, from);
  const alone = poseOf(panels);
  if (operands.length === 0) return alone;
  const lengths = panels.map((panel) => lengthOf(panel, alone, size));
  const isSeen = (pose: Pose, more: readonly Panel[], most = Infinity) =>
    panels.every((panel, i) => lengthOf(panel, pose, size) >= Math.min(most, KEPT * lengths[i]!)) &&
    more.every((panel) => lengthOf(panel, pose, size) >= SEEN);
  const all = poseOf([...panels, ...operands]);
  if (isSeen(all, operands, LARGE)) return all;
  const farness = (own: readonly Panel[]) => poseOf([...panels, ...own]).distance;
  let [more, pose]: [readonly Panel[], Pose] = [[], alone];
  for (const own of [...byTensor(operands).values()].sort((a, b) => farness(a) - farness(b))) {
    const tried = [...more, ...own];
    const next = poseOf([...panels, ...tried]);
    if (isSeen(next, tried)) [more, pose] = [tried, next];
  }
  return pose;
}

function posed(panels: readonly Panel[], { width, height }: Size, from: Angle | undefined): Pose {
  const { low, high } = bounds(panels);
  const aspect = width / height;
  if (panels.every(({ section }) => section === panels[0]!.section)) return facing(low, high, aspect, from);
  const unit = (high[1] - low[1]) / Math.max(height - HEAD - FOOT, height * (1 - MOST));
  const [bottom, top] = [low[1] - FOOT * unit, high[1] + HEAD * unit];
  return facing([low[0], bottom, low[2]], [high[0], top, high[2]], aspect, from ?? FRONT);
}

/** Pixels of its longer side. */
function lengthOf({ at, size: own }: Panel, pose: Pose, size: Size): number {
  const corners = pixels(cornersOf(at, own), cameraOf(pose, size.width / size.height), size);
  if (!corners) return 0;
  const { left, top, right, bottom } = around(corners);
  return Math.max(right - left, bottom - top);
}
