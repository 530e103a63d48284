import { type CellGrid, cellCanvas, type Ends } from "../../../cells/canvas.js";
import { element } from "../../../element.js";
import type { Overview } from "../../../engine/inside.js";
import { pooled, scaleOf } from "../../../engine/pooled.js";
import { indexAt, planesOf } from "../../../scheme.js";
import { extents, thousands } from "../../../thousands.js";
import type { Region } from "./chain.js";

/** One plane of a tensor, and how it is drawn. */
export interface MatrixPlan {
  readonly tensor: string;
  readonly plane: number;
  /** Its rows stand as columns. */
  readonly isTurned: boolean;
  /** What is computed with; undefined: all of it. */
  readonly region: Region | undefined;
  /** Rows of it that the text's tokens take. */
  readonly taken: readonly number[];
  readonly name: string;
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
  /** How much longer than others its sides are. */
  readonly tall: number;
  readonly wide: number;
  /** Whether rows of the same height before it have names: it is named again where it stands by itself. */
  readonly repeats: boolean;
}

/** A plane of a tensor as it is drawn in an opened part. */
export interface OpenedMatrix extends MatrixPlan {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** What is drawn of it, its rows as rows. */
  readonly grid: CellGrid;
  /** Cells that one of the grid stands for. */
  readonly rowStep: number;
  readonly columnStep: number;
  /** Frames what a cell is computed from, and takes away what was framed. */
  light(regions: readonly Region[]): void;
  /** Frames a cell. */
  mark(row: number, column: number): void;
  /** Shows which row a token takes. */
  take(token: number): void;
  /** Where no cell of it is framed, the row of the told one is named, unless its rows stand as columns. */
  nameRow(row: number): void;
}

/** The longest side, as the root of a count of cells: a vocabulary is drawn no longer. */
const LONGEST = 22;

/** The sides of all matrices are as the roots of their counts, so that a wide one leaves room for the others. */
const side = (count: number, large: number, way: "--tall" | "--wide") => {
  const root = Math.min(LONGEST, Math.sqrt(count));
  // Squares stay squares; a single row or column stays one.
  const stretched = `min(var(${way}), ${(LONGEST / root).toFixed(2)})`;
  const by = count === 1 ? "" : ` * ${large === 1 ? stretched : "var(--square)"}`;
  return `max(4px, calc(var(--cells) * ${(large * root).toFixed(2)}px${by}))`;
};

/** `told` of the cell that is pointed at, and whether it was pressed. */
export function openedMatrix(
  plan: MatrixPlan,
  overview: Overview,
  cells: Float32Array | undefined,
  told: (tensor: string, index: readonly number[], kept: boolean) => void,
): OpenedMatrix {
  const { tensor, plane, isTurned, region, name } = plan;
  const { shape } = overview.pictures[tensor]!;
  const { rows, columns } = planesOf(shape);
  const { grid, rowStep, columnStep } = gridOf(plan, overview, cells);
  const inside = (at: number, count: number) => Math.max(0, Math.min(count - 1, at));
  let [row, column] = [0, 0];
  const go = (toRow: number, toColumn: number, kept: boolean) => {
    const place = { plane, row: inside(toRow, rows), column: inside(toColumn, columns) };
    told(tensor, indexAt(shape, place), kept);
  };
  const map = cellCanvas({
    chosen(down, along, kept) {
      const [y, x] = isTurned ? [along, down] : [down, along];
      go(y * rowStep, x * columnStep, kept);
    },
    moved(down, along) {
      const [y, x] = isTurned ? [along, down] : [down, along];
      go(row + y, column + x, true);
    },
  });
  const label = `${name}, ${thousands(rows)} by ${thousands(columns)}${isTurned ? ", its rows drawn as columns" : ""}. Arrow keys go from cell to cell.`;
  map.draw(isTurned ? turned(grid) : grid, label, { rows: plan.rowNames, columns: plan.columnNames });
  const [height, width] = isTurned ? [columns, rows] : [rows, columns];
  map.root.style.gridTemplateColumns = `auto ${side(width, plan.wide, "--wide")}`;
  map.canvas.style.height = side(height, plan.tall, "--tall");
  map.canvas.dataset["focus"] = `opened ${tensor}`;
  const frame = element("i", { className: "cell-mark", hidden: true });
  // Its own frame is of a cell that is drawn, which may stand for several.
  map.root.querySelector(".cell-mark")!.replaceWith(frame);
  const within = element("i", { className: "opened-region", hidden: true });
  map.canvas.after(within);
  let strips: HTMLElement[] = [];

  const drawnAs = ({ top, left, bottom, right }: Region) =>
    isTurned ? ([left, top, right, bottom] as const) : ([top, left, bottom, right] as const);
  const put = (box: HTMLElement, at: Region | undefined) => {
    box.hidden = at === undefined;
    if (!at) return;
    const [top, left, bottom, right] = drawnAs(at);
    box.style.inset = [top / height, 1 - (right + 1) / width, 1 - (bottom + 1) / height, left / width]
      .map((share) => `${(100 * share).toFixed(3)}%`)
      .join(" ");
  };
  const isAll =
    !region || (region.bottom - region.top + 1) * (region.right - region.left + 1) === rows * columns;
  put(within, isAll ? undefined : region);
  if (!isAll) within.dataset["region"] = `${region.top} ${region.left} ${region.bottom} ${region.right}`;
  const taken = plan.taken.map((row) => {
    const line = element("i", { className: "opened-taken" });
    put(line, { top: row, bottom: row, left: 0, right: columns - 1 });
    return line;
  });
  within.after(...taken);
  const root = element(
    "figure",
    { className: "opened-matrix" },
    element(
      "figcaption",
      {},
      name,
      isTurned && element("sup", {}, "T"),
      element("small", {}, extents([height, width])),
    ),
    map.root,
  );
  root.dataset["tensor"] = tensor;
  root.classList.toggle("square", plan.wide > 1);
  root.classList.toggle("strip", width === 1);
  root.classList.toggle("repeats", plan.repeats);
  return {
    ...plan,
    ...{ root, canvas: map.canvas, grid, rowStep, columnStep },
    light(regions) {
      put(frame, undefined);
      for (const each of strips) each.remove();
      strips = regions.map((each) => {
        const strip = element("i", { className: "opened-strip" });
        put(strip, each);
        return strip;
      });
      within.after(...strips);
      root.dataset["lit"] = regions
        .map(({ top, left, bottom, right }) => `${top} ${left} ${bottom} ${right}`)
        .join();
      const all = regions.map(drawnAs);
      const ends = (from: 0 | 1, to: 2 | 3): Ends => [
        Math.min(...all.map((each) => each[from])),
        Math.max(...all.map((each) => each[to])),
      ];
      if (all.length > 0) map.name(ends(0, 2), ends(1, 3));
      else map.name();
    },
    mark(toRow, toColumn) {
      [row, column] = [toRow, toColumn];
      const cell = { top: row, bottom: row, left: column, right: column };
      put(frame, cell);
      const [y, x] = drawnAs(cell);
      map.name([y, y], [x, x]);
    },
    take(token) {
      for (const [at, line] of taken.entries()) line.classList.toggle("now", at === token);
    },
    nameRow(row) {
      if (!isTurned) map.name([row, row]);
    },
  };
}

/** The cells of a plane one by one, or as means where they are too many; those of a large tensor are known as means only. */
function gridOf({ tensor, plane }: MatrixPlan, overview: Overview, cells: Float32Array | undefined) {
  const picture = overview.pictures[tensor]!;
  const { rows, columns } = planesOf(picture.shape);
  const size = rows * columns;
  const own = cells?.subarray(plane * size, (plane + 1) * size);
  const small = own ? pooled(own, { planes: 1, rows, columns }) : picture;
  const { rowStep, columnStep } = small;
  const count = small.rows * small.columns;
  const values = own ? small.values : small.values.subarray(plane * count, (plane + 1) * count);
  const { isShare } = picture;
  // Means of several cells are smaller than cells.
  const scale = !isShare && rowStep * columnStep > 1 ? scaleOf(values) : picture.scale;
  const grid: CellGrid = { rows: small.rows, columns: small.columns, values, scale, isShare };
  return { grid, rowStep, columnStep };
}

function turned(grid: CellGrid): CellGrid {
  const { rows, columns } = grid;
  const values = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / rows), at % rows];
    return grid.values[column * columns + row]!;
  });
  return { ...grid, rows: columns, columns: rows, values };
}
