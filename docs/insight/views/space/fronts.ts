import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { type Convex, meet, ofRect, within } from "./convex.js";
import { cornersOf, pixels, type Rect, type Size } from "./pixels.js";

/** Whether a word would stand on cells of other panels than its own. */
export type IsOnFront = (word: Rect, own: Panel, panels: readonly Panel[]) => boolean;

/** Of what is drawn as usual; what stands open hides nothing. */
export function frontsIn(camera: Camera, size: Size, open?: ReadonlySet<Panel>): IsOnFront {
  const seen = new Map<Panel, Convex | undefined>();
  const cellsOf = (panel: Panel) => {
    if (!seen.has(panel)) {
      const corners = open?.has(panel) ? undefined : pixels(cornersOf(panel.at, panel.size), camera, size);
      seen.set(panel, corners && within(corners));
    }
    return seen.get(panel);
  };
  return (word, own, panels) => {
    const place = ofRect(word);
    return panels.some((panel) => {
      const cells = panel === own ? undefined : cellsOf(panel);
      return cells && meet(place, cells);
    });
  };
}
