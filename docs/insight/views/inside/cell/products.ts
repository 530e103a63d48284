import type { Explanation } from "@llm/gpt/inspect";
import { type Product, productsOf, sumWords } from "../../../cells/products-of.js";
import { element } from "../../../element.js";
import { diverging } from "../../../palette.js";
import { short } from "../../../short.js";
import { thousands } from "../../../thousands.js";

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
    draw(explanation, isSource) {
      const { tensor, operands } = explanation;
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
      summary.textContent = `${thousands(pairs.length)} products`;
      sum.textContent = `Their sum is ${sumWords(explanation, pairs)}.`;
    },
  };
}

/** A cell that is a sum of products in a sentence: the first of them, and what they sum to; undefined where it is none. */
export function productWords(explanation: Explanation): string | undefined {
  const pairs = productsOf(explanation.operands);
  if (pairs.length === 0) return undefined;
  const first = pairs.slice(0, 3).map(({ a, b }) => `${short(a)} · ${short(b)}`);
  return `${first.join(" + ").replaceAll("+ -", "− ")}${pairs.length > 3 ? " + …" : ""}, ${thousands(pairs.length)} products. Their sum is ${sumWords(explanation, pairs)}.`;
}
