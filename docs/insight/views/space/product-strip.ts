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
const written = (value: number) => `${Number(value.toPrecision(2))}`;

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
      const line = (name: string, values: readonly number[], tensor: string | undefined, more = "") => [
        element("b", {}, name),
        ...values.map((value) => {
          const cell = element("span", {}, written(value));
          const look = tensor === undefined ? undefined : lookOf(tensor);
          if (look) cell.style.borderTopColor = `rgb(${colourOf(value, look).join()})`;
          return cell;
        }),
        rest.length > 0 && element("i", {}, more),
      ];
      const products = shown.map(({ a, b }) => a * b);
      const left = rest.reduce((sum, { a, b }) => sum + a * b, 0);
      root.style.setProperty("--terms", `${shown.length}`);
      root.replaceChildren(
        ...[
          ...line(
            labelOf(first.of),
            shown.map(({ a }) => a),
            first.of,
            "…",
          ),
          ...line(
            `× ${labelOf(first.by)}`,
            shown.map(({ b }) => b),
            first.by,
            "…",
          ),
          ...line("=", products, undefined, `${rest.length} more: ${short(left)}`),
        ].filter((part) => part !== false),
        element("p", {}, `Sum: ${sumWords(explanation, pairs)}`),
      );
    },
  };
}
