import { element } from "../../element.js";
import type { Table } from "../../table.js";
import { visible } from "../../token-line.js";
import { short } from "./short.js";

/** From logits to shares, as columns: of the most probable tokens. */
export function nextColumns({ caption, head, rows }: Table): HTMLElement {
  const cell = (name: "td" | "th", value: string | number, scope?: string) =>
    element(
      name,
      scope ? { attributes: { scope } } : {},
      typeof value === "number" && !Number.isInteger(value) ? short(value) : visible(`${value}`),
    );
  return element(
    "div",
    { className: "opened-stack opened-next" },
    element(
      "table",
      {},
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head.map((name) => cell("th", name, "col")))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((each) => cell("td", each))))),
    ),
  );
}
