import { paintCells } from "../../../cells/canvas.js";
import { element } from "../../../element.js";
import { pooled, scaleOf } from "../../../engine/pooled.js";
import { STEPS } from "./attention-dots.js";
import type { BlockLayout, Column } from "./layout.js";
import { nameOf, widthWords } from "./names.js";
import type { ShownBlock } from "./shown.js";
import { PARTS, type Part } from "./tensors.js";

/** How much of its light a row keeps that is not the chosen token's. */
const FAINT = 0.38;

/** A part of the picture that can be pressed: rows of numbers, or attention's dots below it. */
export interface BlockColumn {
  readonly part: Part;
  readonly root: HTMLButtonElement;
  /** The cell under a pointer. */
  cellAt(event: MouseEvent): { row: number; column: number };
  /** Shows rows in their light, each from 0 to 1. */
  light(shares: readonly number[]): void;
}

const isStep = (part: Part) => (STEPS as readonly string[]).includes(part);

/** The pressable parts, each with its name above it and its width below. */
export function blockColumns(
  layout: BlockLayout,
  shown: ShownBlock,
): { columns: BlockColumn[]; labels: HTMLElement[] } {
  const parts = PARTS.filter((part) => layout.columns[part]);
  return {
    columns: parts.map((part) => blockColumn(part, layout.columns[part]!, shown)),
    labels: parts.flatMap((part) => labelsOf(part, layout, shown)),
  };
}

function blockColumn(part: Part, column: Column, shown: ShownBlock): BlockColumn {
  const { block, head } = shown;
  const { tensor, values, columns } = block.rows(part, head);
  const T = block.overview.ids.length;
  const canvas = element("canvas", { width: 1, height: 1, attributes: { "aria-hidden": "true" } });
  const isNorm = block.tensors.norms[part] !== undefined;
  const root = element(
    "button",
    {
      type: "button",
      className: `block-column ${isNorm ? "norm" : ""}`,
      attributes: { "aria-label": nameOf(part, shown) },
    },
    !isStep(part) && canvas,
  );
  const { x, width, top, pitch, thickness } = column;
  Object.assign(root.style, {
    left: `${x}px`,
    top: `${top}px`,
    width: `${width}px`,
    height: `${T * pitch}px`,
  });
  root.dataset["part"] = part;
  root.dataset["tensor"] = tensor;
  const small = pooled(values, { planes: 1, rows: T, columns });
  if (!isStep(part)) {
    // Means of several cells are smaller than cells.
    const isMean = small.columnStep > 1;
    const scale = isMean ? scaleOf(small.values) : block.overview.pictures[tensor]!.scale;
    paintCells(canvas, { rows: T, columns: small.columns, values: small.values, scale, isShare: false });
  }
  return {
    part,
    root,
    cellAt({ clientX, clientY }) {
      const box = root.getBoundingClientRect();
      const within = (share: number, count: number) =>
        Math.max(0, Math.min(count - 1, Math.floor(share * count)));
      return {
        row: within((clientY - box.top) / box.height, T),
        column: within((clientX - box.left) / box.width, columns),
      };
    },
    light(shares) {
      if (isStep(part)) return;
      // Between rows there is nothing, so that each token's row is a strip of its own.
      const stops = shares.flatMap((share, row) => {
        const [above, below] = [(row + 0.5) * pitch - thickness / 2, (row + 0.5) * pitch + thickness / 2].map(
          (y) => `${y.toFixed(1)}px`,
        );
        const light = `rgb(0 0 0 / ${(FAINT + (1 - FAINT) * share).toFixed(2)})`;
        return [`transparent ${above}`, `${light} ${above}`, `${light} ${below}`, `transparent ${below}`];
      });
      canvas.style.maskImage = `linear-gradient(to bottom, ${stops.join()})`;
    },
  };
}

function labelsOf(part: Part, layout: BlockLayout, shown: ShownBlock): HTMLElement[] {
  const { x, width, top, pitch } = layout.columns[part]!;
  const label = (y: number, className: string, ...words: (Node | string)[]) => {
    const made = element(
      "span",
      { className: `block-label ${className}`, attributes: { "aria-hidden": "true" } },
      ...words,
    );
    Object.assign(made.style, { left: `${x + width / 2}px`, top: `${y}px` });
    return made;
  };
  const extent = widthWords(part, shown);
  // Below a square keys arrive.
  if (isStep(part))
    return [label(top - 4, "above square", nameOf(part, shown), element("small", {}, extent))];
  const name = label(top - 4, `above part-${part}`, nameOf(part, shown));
  // The stream comes down between what is added and what it makes.
  if (part === "attended" || part === "fed") {
    name.classList.add("added");
    name.style.left = `${x + width + 4}px`;
  }
  if (part === "query" || part === "key") return [name];
  const end = part === "value" ? top + shown.block.overview.ids.length * pitch : layout.bottom;
  const others = shown.block.overview.attention[shown.block.layer]!.heads - 1;
  const more = part === "found" && others > 0 && element("b", {}, `+ ${others} more`);
  const below = label(end + 4, "below", extent, ...(more ? [more] : []));
  // Beside it, what is dropped stands lower, too.
  if (more) below.style.left = `${x + width - 26}px`;
  return [name, below];
}
