import type { Explanation } from "@llm/gpt/inspect";
import { colourOf } from "../../cells/canvas.js";
import { type Product, productsOf, sumWords } from "../../cells/products-of.js";
import { element } from "../../element.js";
import { labelOf } from "../../flow/operations.js";
import { short } from "../../short.js";
import { thousands } from "../../thousands.js";
import { inCorners, type Rect, type Size } from "./pixels.js";

/** The most terms that are drawn one by one. */
const MOST = 24;
/** Pixels of a term, of what stands beside all of them, and of what is said of those that are left out. */
const TERM = 44;
const BESIDE = 190;
const REST = 100;
/** The most letters of a number below a cell. */
const DIGITS = 6;
/** How much of the picture's width it takes. */
const SHARES = [1, 0.7] as const;

/** As many digits as have room below a cell. */
export function written(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.0005) return "≈0";
  const two = `${Number(value.toPrecision(2))}`;
  if (two.length <= DIGITS) return two;
  return Math.abs(value) < 1 ? `${Number(value.toFixed(3))}` : value.toExponential(0);
}

/** How a tensor's values are coloured. */
export type LookOf = (tensor: string) => { readonly scale: number; readonly isShare: boolean } | undefined;

export interface ProductStrip {
  readonly root: HTMLElement;
  /** Where it stands, if it does. */
  readonly place: Rect | undefined;
  /** Draws the products that a cell is the sum of in this picture, where they cover nothing of what they speak of; nothing where it is no such sum. */
  draw(explanation: Explanation | undefined, picture: Size, spoken: readonly Spoken[]): void;
}

/** How many of these terms are drawn one by one in so many pixels: all, or the first ones. */
export function termsShown(count: number, width: number): number {
  const room = Math.floor((width - BESIDE) / TERM);
  if (count <= Math.min(room, MOST)) return count;
  return Math.min(count, MOST, Math.max(2, Math.floor((width - BESIDE - REST) / TERM)));
}

/** What is seen of it in the picture: the more it weighs, the less it is covered. */
export interface Spoken {
  readonly rect: Rect;
  readonly weight: number;
}

/** A place, and how much it covers there. */
interface Place extends Rect {
  readonly covered: number;
}

/** Where something of this size covers least of what it speaks of: at the bottom, or at the top. */
export function clearest(own: Size, picture: Size, spoken: readonly Spoken[]): Place {
  const places = inCorners(own, picture).map((place) => ({
    ...place,
    covered: spoken.reduce((sum, { rect, weight }) => {
      const width = Math.min(rect.right, place.right) - Math.max(rect.left, place.left);
      const height = Math.min(rect.bottom, place.bottom) - Math.max(rect.top, place.top);
      return sum + weight * Math.max(0, width) * Math.max(0, height);
    }, 0),
  }));
  return places.reduce((least, each) => (each.covered < least.covered ? each : least));
}

/** A row and a column, pulled out of their tensors: one above the other, below each pair its product, and their sum. */
export function productStrip(lookOf: LookOf): ProductStrip {
  const root = element("div", {
    className: "space-strip",
    hidden: true,
    attributes: { "aria-hidden": "true" },
  });

  let at: Rect = { left: 0, top: 0, right: 0, bottom: 0 };
  return {
    root,
    get place() {
      return root.hidden ? undefined : at;
    },
    draw(explanation, picture, spoken) {
      const pairs = explanation ? productsOf(explanation.operands) : [];
      root.hidden = pairs.length === 0;
      if (!explanation || root.hidden) return;
      const tried = (share: number) => {
        drawTerms(explanation, pairs, picture.width * share);
        const own = { width: root.offsetWidth, height: root.offsetHeight };
        const { covered, ...place } = clearest(own, picture, spoken);
        at = place;
        root.style.transform = `translate(${at.left}px, ${at.top}px)`;
        return covered;
      };
      // Narrower it has other places. Where it covers something everywhere, as little as it can.
      const covered: number[] = [];
      for (const share of SHARES) if (covered.push(tried(share)) && covered.at(-1) === 0) return;
      tried(SHARES[covered.indexOf(Math.min(...covered))]!);
    },
  };

  function drawTerms(explanation: Explanation, pairs: readonly Product[], width: number): void {
    const first = pairs[0]!;
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
      ["=", coloured(products, { scale, isShare: false }), `${thousands(rest.length)} more: ${short(left)}`],
    ];
    root.replaceChildren(
      ...lines.flatMap(([name, cells, more]) => [
        element("b", {}, name),
        ...cells,
        ...(rest.length > 0 ? [element("i", {}, more)] : []),
      ]),
      element("p", {}, `Sum: ${sumWords(explanation, pairs)}`),
    );
  }
}
