import { element } from "./element.js";
import type { Rgb } from "./palette.js";

/** Values in rows and columns, and what to say of one. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  colour(row: number, column: number): Rgb;
  /** A cell in words. */
  words(row: number, column: number): string;
}

/**
 * A cell a pixel, which the page stretches. A pointer, a finger or the arrow keys choose a cell; what it is stands below, and is
 * said.
 */
export function heatmap(
  label: string,
  rowHeight: number,
  chosen: (row: number, column: number) => void = () => {},
): { root: HTMLElement; draw(grid: Grid, label?: string): void } {
  const canvas = element("canvas", {
    tabIndex: 0,
    width: 1,
    height: 1,
    attributes: { role: "img", "aria-label": label },
  });
  const words = element("output", { attributes: { "aria-live": "polite" } });
  let grid: Grid | undefined;
  let [row, column] = [0, 0];
  const choose = (toRow: number, toColumn: number) => {
    if (!grid || grid.rows === 0 || grid.columns === 0) return;
    row = Math.max(0, Math.min(grid.rows - 1, toRow));
    column = Math.max(0, Math.min(grid.columns - 1, toColumn));
    words.value = grid.words(row, column);
    chosen(row, column);
  };
  const point = (event: PointerEvent) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    if (!grid || width === 0) return;
    choose(
      Math.floor(((event.clientY - top) / height) * grid.rows),
      Math.floor(((event.clientX - left) / width) * grid.columns),
    );
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(row + step[0]!, column + step[1]!);
  });
  return {
    root: element("div", { className: "heatmap" }, canvas, words),
    draw(next, now = label) {
      grid = next;
      canvas.setAttribute("aria-label", `${now} Arrow keys go from cell to cell.`);
      canvas.width = Math.max(1, grid.columns);
      canvas.height = Math.max(1, grid.rows);
      canvas.style.height = `${Math.max(1, grid.rows) * rowHeight}px`;
      const context = canvas.getContext("2d");
      if (!context) {
        words.value = "This browser draws no canvas: the table below has the numbers.";
        return;
      }
      if (grid.rows === 0 || grid.columns === 0) return;
      const image = context.createImageData(grid.columns, grid.rows);
      for (let at = 0, y = 0; y < grid.rows; y++) {
        for (let x = 0; x < grid.columns; x++, at += 4) {
          image.data.set([...grid.colour(y, x), 255], at);
        }
      }
      context.putImageData(image, 0, 0);
    },
  };
}
