import type { Explanation } from "@llm/gpt/inspect";
import { element } from "../../element.js";
import { labelOf } from "../flow/operations.js";
import { colourOf } from "../inside/cell-canvas.js";
import { productsOf, sumWords } from "../inside/products-of.js";
import { short } from "../inside/short.js";

/** The most terms that are drawn one by one. */
const MOST = 24;
/** Pixels of a term, and of what stands beside all of them. */
const TERM = 38;
const BESIDE = 200;

/** As many digits as have room below a cell. */
export const written = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : `${Number(value.toPrecision(2))}`;

/** How a tensor's values are coloured. */
export type LookOf = (tensor: string) => { readonly scale: number; readonly isShare: boolean } | undefined;

export interface ProductStrip {
  readonly root: HTMLElement;
  /** Draws the products that a cell is the sum of, in so many pixels; nothing where it is no such sum. */
  draw(explanation: Explanation | undefined, width: number): void;
}

/** How many of these terms are drawn one by one in so many pixels: all, or the first ones. */
export function termsShown(count: number, width: number): number {
  return Math.min(count, MOST, Math.max(2, Math.floor((width - BESIDE) / TERM)));
}

/** A row and a column, pulled out of their tensors: one above the other, below each pair its product, and their sum. */
export function productStrip(lookOf: LookOf): ProductStrip {
  const root = element("div", {
    className: "space-strip",
    hidden: true,
    attributes: { "aria-hidden": "true" },
  });
  return {
    root,
    draw(explanation, width) {
      const pairs = explanation ? productsOf(explanation.operands) : [];
      root.hidden = pairs.length === 0;
      const [first] = pairs;
      if (!first || !explanation) return;
      const shown = pairs.slice(0, termsShown(pairs.length, width));
      const rest = pairs.slice(shown.length);
      const coloured = (values: readonly number[], look: ReturnType<LookOf>) =>
        values.map((value) => {
          const cell = element("span", {}, written(value));
          if (look) cell.style.borderTopColor = `rgb(${colourOf(value, look).join()})`;
          return cell;
        });
      const products = shown.map(({ a, b }) => a * b);
      const scale = Math.max(...products.map(Math.abs)) || 1;
      const left = rest.reduce((sum, { a, b }) => sum + a * b, 0);
      root.style.setProperty("--terms", `${shown.length}`);
      const lines: [name: string, cells: HTMLElement[], more: string][] = [
        [
          labelOf(first.of),
          coloured(
            shown.map(({ a }) => a),
            lookOf(first.of),
          ),
          "…",
        ],
        [
          `× ${labelOf(first.by)}`,
          coloured(
            shown.map(({ b }) => b),
            lookOf(first.by),
          ),
          "…",
        ],
        ["=", coloured(products, { scale, isShare: false }), `${rest.length} more: ${short(left)}`],
      ];
      root.replaceChildren(
        ...lines.flatMap(([name, cells, more]) => [
          element("b", {}, name),
          ...cells,
          ...(rest.length > 0 ? [element("i", {}, more)] : []),
        ]),
        element("p", {}, `Sum: ${sumWords(explanation, pairs)}`),
      );
    },
  };
}
