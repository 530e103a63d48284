import type { Key } from "../../keys.js";
import type { Pose } from "../../scene/camera.js";
import { cellCentre } from "../../scene/layout.js";
import type { PickedCell } from "../../scene/pick.js";
import { cellKeys } from "./cell-keys.js";
import { cameraKeys, listen } from "./controls.js";
import type { Highlights } from "./highlights.js";
import type { SpacePicture } from "./picture.js";

interface Actions {
  readonly highlights: Highlights;
  /** The cell that is pointed at. */
  at(): PickedCell | undefined;
  choose(tensor: string): void;
  point(cell: PickedCell): void;
  /** Points at a cell for as long as the pointer is there. */
  hover(cell: PickedCell | undefined): void;
  /** What is pointed at, or where the eye is, is to stay. */
  keep(): void;
}

/** What a pointer does, for the list of keys. */
const GESTURES: readonly (readonly [key: string, does: string])[] = [
  ["drag", "turns the picture; on a touch screen two fingers move it"],
  ["Shift + drag", "moves it"],
  ["Ctrl + wheel, pinch", "goes nearer, or farther away"],
  ["arrow keys", "go from cell to cell, while the picture has the focus"],
];

/** What hands do with the picture, by pointer and by key: they move the eye, and point at cells. */
export function hands({ scene, canvas }: SpacePicture, actions: Actions, signal: AbortSignal): Key[] {
  const { highlights, at, choose, point, keep } = actions;
  const cellAt = ({ x, y }: { x: number; y: number }) => scene?.cellAt(x, y);
  function look(change: (pose: Pose) => Pose): void {
    scene?.look(change(scene.pose));
    keep();
  }
  function nearer(): void {
    const cell = at();
    if (!cell || !scene) return;
    const width = cell.panel.size[0] / cell.panel.box.columns;
    const target = cellCentre(cell.panel, cell.row, cell.column);
    scene.look({ ...scene.pose, target, distance: Math.max(8, 40 * width) }, true);
    keep();
  }
  if (scene) {
    const pointer = {
      ...{ pose: () => scene.pose, look: (pose: Pose) => look(() => pose) },
      hover: (at: { x: number; y: number } | undefined) => actions.hover(at && cellAt(at)),
      press(x: number, y: number) {
        const found = cellAt({ x, y });
        if (found) point(found);
        keep();
      },
    };
    listen(canvas, pointer, signal);
  }
  return [
    ...GESTURES.map(([key, does]) => ({ key, does, run() {} })),
    ...cameraKeys(look),
    { key: "c", does: "goes to the chosen cell", run: nearer },
    ...cellKeys(canvas, {
      ...{ at, choose, planes: () => highlights.planes, first: () => highlights.read()[0] },
      point(cell) {
        point(cell);
        keep();
      },
    }),
  ];
}
