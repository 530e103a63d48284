import { cellCanvas, paintCells } from "../../../cells/canvas.js";
import { type Axis, axesOf, cellWords, countsOf, type PassTexts, tokenAt } from "../../../cells/words.js";
import { element } from "../../../element.js";
import type { CellWindow, Derivation, Overview, Picture } from "../../../engine/inside.js";
import { isStill } from "../../../motion.js";
import { purposeOf } from "../../../purposes.js";
import type { Place } from "../../../scheme.js";
import { extents, thousands } from "../../../thousands.js";
import { gridOf, pixelsOf } from "../scheme-list.js";
import { cellProducts } from "./products.js";

interface Actions {
  /** A cell of the tensor; `kept` when it was pressed or tapped. */
  chosen(place: Place, kept: boolean): void;
  moved(rows: number, columns: number): void;
  /** Another plane, such as a head. */
  plane(plane: number): void;
  /** Goes to a tensor that is read. */
  follow(tensor: string, index: readonly number[]): void;
}

/** One tensor cell by cell, and beside it how the chosen cell came about: formula, numbers and what it reads. */
export function cellPanel(actions: Actions): {
  root: HTMLElement;
  draw(
    name: string,
    operation: string,
    picture: Picture,
    part: CellWindow,
    place: Place,
    tokens: PassTexts,
  ): void;
  mark(place: Place): void;
  /** Brings it into sight, where arrow keys go from cell to cell. */
  goTo(): void;
  explain(explained: Derivation, overview: Overview, tokens: PassTexts): void;
} {
  const title = element("h3");
  const purpose = element("p", { className: "cell-purpose" });
  const words = element("p", { className: "cell-words" });
  const plane = element("input", { type: "range", attributes: { min: "0" } });
  const planeWords = element("span");
  const planes = element("label", { className: "cell-planes" }, planeWords, plane);
  plane.addEventListener("input", () => actions.plane(Number(plane.value)));
  let shown: CellWindow | undefined;
  let at: Place = { plane: 0, row: 0, column: 0 };
  const map = cellCanvas({
    chosen: (row, column, kept) =>
      actions.chosen({ plane: at.plane, row: shown!.top + row, column: shown!.left + column }, kept),
    moved: (rows, columns) => actions.moved(rows, columns),
  });
  const part = element("p", { className: "cell-part" });
  const value = element("p", { className: "cell-value", attributes: { "aria-live": "polite" } });
  const formula = element("p", { className: "cell-formula", tabIndex: 0 });
  const from = element("p", { className: "cell-source", tabIndex: 0 });
  const reads = element("div", { className: "cell-reads" });
  const root = element("section", { className: "cell-panel" });
  const products = cellProducts();
  root.append(title, purpose, words, planes, map.root, part, value, formula, from, products.root, reads);

  const mark = (place: Place) => {
    at = place;
    if (shown) map.mark(place.row - shown.top, place.column - shown.left);
  };
  return {
    root,
    draw(name, operation, picture, window, place, tokens) {
      shown = window;
      const { shape, scale, isShare } = picture;
      const axes = axesOf(name, shape.length);
      const labels = (axis: Axis | undefined, from: number, count: number) =>
        Array.from({ length: count }, (_, at) => axis && tokenAt(axis, from + at, tokens));
      title.textContent = name;
      purpose.textContent = purposeOf(name) ?? "";
      words.textContent = `${operation}, shape ${extents(shape)}. ${
        isShare
          ? `Dark is 0, bright is ${scale.toPrecision(3)}.`
          : `Blue is below 0, orange above; the strongest stands for ±${scale.toPrecision(3)}.`
      }`;
      root.setAttribute("aria-label", name);
      planes.hidden = picture.planes < 2;
      plane.max = `${picture.planes - 1}`;
      plane.value = `${place.plane}`;
      const counted = axes.at(-3);
      planeWords.textContent = `${counted && countsOf(counted, tokens)} ${place.plane} (0 to ${picture.planes - 1})`;
      map.draw(
        { ...window, scale, isShare },
        `${name}: ${window.rows} rows, ${window.columns} columns. Arrow keys go from cell to cell.`,
        {
          rows: labels(axes.at(-2), window.top, window.rows),
          columns: labels(axes.at(-1), window.left, window.columns),
        },
      );
      const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1)!];
      const isWhole = window.rows === rows && window.columns === columns;
      part.textContent = isWhole
        ? ""
        : `Rows ${window.top} to ${window.top + window.rows - 1} of ${thousands(rows)}, columns ${window.left} to ${window.left + window.columns - 1} of ${thousands(columns)}: arrow keys go on.`;
      mark(place);
    },
    mark,
    goTo() {
      root.scrollIntoView({ block: "start", behavior: isStill() ? "instant" : "smooth" });
      map.canvas.focus({ preventScroll: true });
    },
    explain(explained, overview, tokens) {
      const [own, ...sources] = explained;
      const { tensor, index, formula: written, captured, operation } = own;
      const operands = explained.flatMap((each) => each.operands);
      products.draw(explained.at(-1)!, sources.length > 0);
      value.replaceChildren(
        element("span", {}, cellWords(tensor, index, tokens)),
        ` [${index.join(", ")}] = ${captured.toPrecision(4)}`,
      );
      formula.textContent = operands.length > 0 ? written : `${operation}: a value of its own`;
      from.hidden = sources.length === 0;
      from.textContent = sources.map(({ tensor, formula }) => `${tensor}: ${formula}`).join("\n");
      const byTensor = new Map<string, (typeof operands)[number][]>();
      for (const operand of operands) {
        byTensor.set(operand.tensor, [...(byTensor.get(operand.tensor) ?? []), operand]);
      }
      const pixels = pixelsOf(operands, overview);
      reads.replaceChildren(
        ...[...byTensor].map(([name, cells]) => {
          const canvas = element("canvas", { attributes: { "aria-hidden": "true" } });
          const picture = overview.pictures[name]!;
          paintCells(canvas, gridOf(picture), pixels.get(name));
          canvas.style.height = `${Math.min(96, Math.max(10, 3 * picture.rows))}px`;
          const first = cells[0]!;
          const roles = [...new Set(cells.map(({ role }) => role))].join(", ");
          const button = element(
            "button",
            { type: "button", className: "cell-read" },
            canvas,
            element("b", {}, name),
            element(
              "small",
              {},
              `${roles}: ${cells.length === 1 ? `[${first.index.join(", ")}] = ${first.value.toPrecision(4)}` : `${thousands(cells.length)} cells from [${first.index.join(", ")}] on`}`,
            ),
          );
          button.dataset["tensor"] = name;
          button.addEventListener("click", () => actions.follow(name, first.index));
          return button;
        }),
      );
    },
  };
}
