import { element } from "../../../element.js";
import { short } from "../../../short.js";
import type { Table } from "../../../table.js";
import { visible } from "../../../token-line.js";

/** From logits to shares, as columns: of the most probable tokens. */
export function nextColumns({ caption, head, rows }: Table): HTMLElement {
  const written = (value: string | number) =>
    typeof value === "number" && !Number.isInteger(value) ? short(value) : visible(`${value}`);
  return element(
    "div",
    {
      className: "opened-stack opened-next",
      tabIndex: 0,
      attributes: { role: "region", "aria-label": caption },
    },
    element(
      "table",
      {},
      element("caption", {}, caption),
      element(
        "thead",
        {},
        element("tr", {}, ...head.map((name) => element("th", { attributes: { scope: "col" } }, name))),
      ),
      element(
        "tbody",
        {},
        ...rows.map((row) => element("tr", {}, ...row.map((each) => element("td", {}, written(each))))),
      ),
    ),
  );
}
