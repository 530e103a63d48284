import type { Key } from "../../keys.js";
import type { Panel } from "../../scene/layout.js";
import type { PickedCell } from "../../scene/pick.js";
import type { Planes } from "./regions.js";

interface Actions {
  /** The cell that is chosen. */
  at(): PickedCell | undefined;
  planes(): Planes;
  /** Where the arrow keys begin. */
  first(): Panel | undefined;
  choose(tensor: string): void;
  point(cell: PickedCell): void;
}

const ARROWS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Goes from cell to cell by arrow keys on the canvas, and from tensor to tensor and plane to plane by letters. */
export function cellKeys(canvas: HTMLElement, { at, planes, first, choose, point }: Actions): Key[] {
  canvas.addEventListener("keydown", (event) => {
    const [rows, columns] = ARROWS[event.key] ?? [];
    if (rows === undefined || columns === undefined) return;
    event.preventDefault();
    const from = at() ?? { panel: first(), row: -rows, column: -columns };
    if (!from.panel) return;
    const { box } = from.panel;
    const row = Math.max(0, Math.min(box.rows - 1, from.row + rows));
    const column = Math.max(0, Math.min(box.columns - 1, from.column + columns));
    point({ panel: from.panel, row, column });
  });
  function tensorBy(by: number): void {
    const names = [...planes().keys()];
    const cell = at();
    const next = names[(cell ? names.indexOf(cell.panel.box.name) : -1) + by];
    if (next) choose(next);
  }
  function planeBy(by: number): void {
    const cell = at();
    const panel = cell && planes().get(cell.panel.box.name)![cell.panel.plane + by];
    if (cell && panel) point({ ...cell, panel });
  }
  return [
    { key: "j", does: "goes to the tensor before", run: () => tensorBy(-1) },
    { key: "k", does: "goes to the tensor after", run: () => tensorBy(1) },
    { key: "h", does: "goes to the head before", run: () => planeBy(-1) },
    { key: "l", does: "goes to the next head", run: () => planeBy(1) },
  ];
}
