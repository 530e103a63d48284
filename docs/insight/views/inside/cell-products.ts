import type { Explanation } from "@llm/gpt/inspect";
import { element } from "../../element.js";
import { diverging } from "../../palette.js";
import { short } from "./short.js";

/** More products than this are in the table of operands only. */
const SHOWN = 256;

/** A cell that is a sum of products, product by product, such as a score: what of the query meets what of the key. */
export function cellProducts(): {
  root: HTMLElement;
  /** `isSource`: of the cell that the chosen one is only taken from */
  draw(explanation: Explanation, isSource: boolean): void;
} {
  const summary = element("summary");
  const body = element("tbody");
  const head = element("tr");
  const sum = element("p");
  const scroll = element(
    "div",
    {
      className: "insight-scroll",
      tabIndex: 0,
      attributes: { role: "region", "aria-label": "Products" },
    },
    element("table", {}, element("thead", {}, head), body),
  );
  const root = element("details", { className: "cell-products", hidden: true }, summary, scroll, sum);
  return {
    root,
    draw({ tensor, operands, captured }, isSource) {
      const pairs = productsOf(operands);
      root.hidden = pairs.length === 0;
      if (root.hidden) return;
      // Of a score, and of a query, they are what one wants to see.
      if (isSource || /\.scores$/.test(tensor)) root.open = true;
      const [first] = pairs as [Product];
      const name = (tensor: string) => tensor.replace(/^h\.\d+\./, "");
      head.replaceChildren(
        ...["", name(first.of), `× ${name(first.by)}`, "="].map((words) =>
          element("th", { attributes: { scope: "col" } }, words),
        ),
      );
      const most = Math.max(...pairs.map(({ a, b }) => Math.abs(a * b)));
      body.replaceChildren(
        ...pairs.slice(0, SHOWN).map(({ a, b }, at) => {
          const product = element("td", {}, short(a * b));
          product.style.boxShadow = `inset 0 -3px rgb(${diverging((a * b) / most).join()})`;
          return element(
            "tr",
            {},
            element("th", { attributes: { scope: "row" } }, `${at}`),
            element("td", {}, short(a)),
            element("td", {}, short(b)),
            product,
          );
        }),
      );
      summary.textContent = `${pairs.length} products`;
      sum.textContent = sumWords(pairs, operands, captured);
    },
  };
}

function sumWords(pairs: readonly Product[], operands: Explanation["operands"], captured: number): string {
  const total = pairs.reduce((sum, { a, b }) => sum + a * b, 0);
  const scale = pairs[0]!.scale;
  const bias = operands.find(({ role }) => role === "bias")?.value;
  return `Their sum is ${short(total)}${scale === 1 ? "" : ` ${scaleWords(scale)[0]}`}${bias === undefined ? "" : ` + a bias of ${short(bias)}`}${scale === 1 && bias === undefined ? "" : ` = ${short(captured)}`}.`;
}

/** A cell that is a sum of products in a sentence: the first of them, and what they sum to; undefined where it is none. */
export function productWords({ operands, captured }: Explanation): string | undefined {
  const pairs = productsOf(operands);
  if (pairs.length === 0) return undefined;
  const first = pairs.slice(0, 3).map(({ a, b }) => `${short(a)} · ${short(b)}`);
  return `${first.join(" + ")}${pairs.length > 3 ? " + …" : ""}, ${pairs.length} products. ${sumWords(pairs, operands, captured)}`;
}

interface Product {
  readonly a: number;
  readonly b: number;
  /** Their tensors. */
  readonly of: string;
  readonly by: string;
  /** What the sum is multiplied by. */
  readonly scale: number;
}

/** The pairs that are multiplied; none where the cell is no such sum. */
function productsOf(operands: Explanation["operands"]): Product[] {
  const [as, bs] = ["a", "b"].map((role) => operands.filter((operand) => operand.role === role));
  if (!as!.length || as!.length !== bs!.length || as!.length === 1) return [];
  const largest = bs!.reduce(
    (most, { value }, at) => (Math.abs(value) > Math.abs(bs![most]!.value) ? at : most),
    0,
  );
  const scale = bs![largest]!.value === 0 ? 1 : as![largest]!.coefficient! / bs![largest]!.value;
  return as!.map(({ value, tensor }, at) => ({
    ...{ a: value, b: bs![at]!.value, of: tensor, by: bs![at]!.tensor },
    scale: Math.abs(scale - 1) < 1e-9 ? 1 : scale,
  }));
}

/** What a product is scaled by, as a root where it is one, and in numbers. */
export function scaleWords(scale: number): [words: string, numbers: string] {
  const root = 1 / scale ** 2;
  const isRoot = Math.abs(root - Math.round(root)) < 1e-3;
  return isRoot
    ? [`/ √${Math.round(root)}`, `/ ${short(1 / scale)}`]
    : [`× ${short(scale)}`, `× ${short(scale)}`];
}
