import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { around, cornersOf, isOn, type Point, pixels, type Rect, type Size } from "./pixels.js";

/** A panel's front in the picture. */
interface Front {
  readonly panel: Panel;
  /** Clockwise. */
  readonly corners: readonly Point[];
  readonly rect: Rect;
}

/** Whether a word would stand on cells, other than those of one panel. */
export type IsOnFront = (word: Rect, own: Panel, panels: readonly Panel[]) => boolean;

/** Of what is drawn as usual; what stands open hides nothing. */
export function frontsIn(camera: Camera, size: Size, open?: ReadonlySet<Panel>): IsOnFront {
  const seen = new Map<readonly Panel[], Front[]>();
  const picture = { left: 0, top: 0, right: size.width, bottom: size.height };
  const frontsOf = (panels: readonly Panel[]) =>
    panels.flatMap((panel): Front[] => {
      const corners = open?.has(panel) ? undefined : pixels(cornersOf(panel.at, panel.size), camera, size);
      const rect = corners && around(corners);
      return rect && isOn(rect, picture) ? [{ panel, corners, rect }] : [];
    });
  return (word, own, panels) => {
    const fronts = seen.get(panels) ?? frontsOf(panels);
    seen.set(panels, fronts);
    return fronts.some(
      ({ panel, corners, rect }) => panel !== own && isOn(word, rect) && !isBeside(word, corners),
    );
  };
}

/** Whether all of a word is on the outer side of one edge. */
function isBeside({ left, top, right, bottom }: Rect, corners: readonly Point[]): boolean {
  return corners.some((from, i) => {
    const to = corners[(i + 1) % corners.length]!;
    const isOut = (x: number, y: number) => (to.x - from.x) * (y - from.y) < (to.y - from.y) * (x - from.x);
    return isOut(left, top) && isOut(right, top) && isOut(right, bottom) && isOut(left, bottom);
  });
}
