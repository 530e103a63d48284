import { element } from "../element.js";
import { diverging, type Rgb, rising } from "../palette.js";
import { axisLabels, type Labels } from "./axis-labels.js";

/** Values in rows and columns, and how they are coloured. */
export interface CellGrid {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
  readonly scale: number;
  readonly isShare: boolean;
}

/** The colour of a value: of a share from nothing to most, of any other below, at or above 0. */
export function colourOf(value: number, { scale, isShare }: Pick<CellGrid, "scale" | "isShare">): Rgb {
  return (isShare ? rising : diverging)(value / scale);
}

/** How much of its light a cell keeps where others are lit. */
const DIM = 0.25;

/**
 * Draws a cell a pixel; the page stretches them. Where some cells are lit, the others darken.
 * @returns false where the browser draws no canvas
 */
export function paintCells(canvas: HTMLCanvasElement, grid: CellGrid, lit?: ReadonlySet<number>): boolean {
  canvas.width = Math.max(1, grid.columns);
  canvas.height = Math.max(1, grid.rows);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return false;
  const image = context.createImageData(canvas.width, canvas.height);
  const isDark = lit !== undefined && lit.size > 0;
  for (let i = 0; i < grid.rows * grid.columns; i++) {
    const colour = colourOf(grid.values[i]!, grid);
    const keep = !isDark || lit.has(i) ? 1 : DIM;
    for (let part = 0; part < 3; part++) {
      image.data[4 * i + part] = Math.round(keep * colour[part]!);
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return true;
}

/** From one row or column to another. */
export type Ends = readonly [from: number, to: number];

interface CellCanvasOptions {
  /** A cell was pointed at; `kept` when it was pressed, tapped or reached by a key. */
  chosen(row: number, column: number, kept: boolean): void;
  /** An arrow key: so many rows and columns on. */
  moved(rows: number, columns: number): void;
}

/** A picture of cells, one of which is chosen by pointer, finger or arrow keys. */
export function cellCanvas({ chosen, moved }: CellCanvasOptions): {
  root: HTMLElement;
  canvas: HTMLCanvasElement;
  draw(grid: CellGrid, label: string, names: { rows: Labels; columns: Labels }): void;
  mark(row: number, column: number): void;
  /** Names what is framed, where it is not one cell. */
  name(rows?: Ends, columns?: Ends): void;
} {
  const canvas = element("canvas", { tabIndex: 0, width: 1, height: 1, attributes: { role: "img" } });
  const frame = element("i", { className: "cell-mark" });
  const missing = element(
    "p",
    { hidden: true },
    "This browser draws no canvas: the tables have the numbers.",
  );
  const rows = axisLabels("left");
  const columns = axisLabels("top");
  const cells = element("div", { className: "cell-canvas" }, canvas, frame, missing);
  const root = element("div", { className: "cell-labelled" }, columns.root, rows.root, cells);
  new ResizeObserver(() => {
    rows.fit(canvas.clientHeight);
    columns.fit(canvas.clientWidth);
  }).observe(canvas);
  let grid: CellGrid | undefined;
  const point = (kept: boolean) => (event: PointerEvent) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    if (!grid || width === 0) return;
    const row = Math.floor(((event.clientY - top) / height) * grid.rows);
    const column = Math.floor(((event.clientX - left) / width) * grid.columns);
    if (row >= 0 && column >= 0 && row < grid.rows && column < grid.columns) chosen(row, column, kept);
  };
  canvas.addEventListener("pointermove", point(false));
  canvas.addEventListener("pointerdown", point(true));
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moved(step[0]!, step[1]!);
  });
  return {
    root,
    canvas,
    draw(next, label, names) {
      grid = next;
      canvas.setAttribute("aria-label", label);
      // A long row of small cells, or few large ones; no cell is larger than a finger.
      root.style.gridTemplateColumns = `auto minmax(0, ${next.columns * 28}px)`;
      canvas.style.height = `${next.rows * (next.rows > 32 ? 6 : next.rows > 16 ? 14 : 20)}px`;
      missing.hidden = paintCells(canvas, next);
      rows.draw(names.rows);
      columns.draw(names.columns);
    },
    mark(row, column) {
      if (!grid) return;
      rows.mark(row);
      columns.mark(column);
      frame.style.left = `${(100 * column) / grid.columns}%`;
      frame.style.top = `${(100 * row) / grid.rows}%`;
      frame.style.width = `${100 / grid.columns}%`;
      frame.style.height = `${100 / grid.rows}%`;
    },
    name(framedRows, framedColumns) {
      rows.mark(...(framedRows ?? []));
      columns.mark(...(framedColumns ?? []));
    },
  };
}
