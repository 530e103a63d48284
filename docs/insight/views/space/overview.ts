import { facing, type Pose } from "../../scene/camera.js";
import { bounds, type Panel } from "../../scene/layout.js";

/** Several columns are seen nearly from the front, where they are equally large. */
const FRONT = { yaw: 0.12, pitch: 0.1 } as const;
/** Pixels above them for their names, and below them for a hint; and the largest share of the picture that these take. */
const HEAD = 30;
const FOOT = 12;
const MOST = 0.2;

/** A pose that shows all of these panels in a picture of so many pixels. */
export function overview(
  panels: readonly Panel[],
  { width, height }: { width: number; height: number },
  from?: { yaw: number; pitch: number },
): Pose {
  const { low, high } = bounds(panels);
  const aspect = width / height;
  if (panels.every(({ section }) => section === panels[0]!.section)) return facing(low, high, aspect, from);
  const unit = (high[1] - low[1]) / Math.max(height - HEAD - FOOT, height * (1 - MOST));
  const [bottom, top] = [low[1] - FOOT * unit, high[1] + HEAD * unit];
  return facing([low[0], bottom, low[2]], [high[0], top, high[2]], aspect, from ?? FRONT);
}
