import { element } from "../../../element.js";
import { diverging } from "../../../palette.js";
import { short } from "../../../short.js";
import type { Table } from "../../../table.js";
import { visible } from "../../../token-line.js";

/** Which columns of the table stand in the picture, besides the last: by how they begin. */
const DRAWN = /^(token|logit|exp)/;

/** From logits to shares, as columns of bars: of the most probable tokens. */
export function nextColumns({ caption, head, rows }: Table): HTMLElement {
  const drawn = head.flatMap((name, at) => (DRAWN.test(name) || at === head.length - 1 ? [at] : []));
  const sum = rows[0]?.[head.indexOf("sum of those left")];
  const how =
    typeof sum === "number"
      ? `softmax: exp / ${short(sum)}, the sum over all that are left, is the share`
      : "at temperature 0 the highest is taken";
  const cell = (row: Table["rows"][number], at: number) => {
    const value = row[at]!;
    const isNumber = typeof value === "number" && at > 1;
    const made = element("td", {}, isNumber ? short(value) : visible(`${value}`));
    if (!isNumber) return made;
    const isLogit = head[at]!.startsWith("logit");
    // Of logits the largest, of what softmax makes 1 is as long as there is room.
    const most = isLogit ? Math.max(...rows.map((each) => Math.abs(Number(each[at])))) : 1;
    made.style.setProperty("--long", `${(100 * Math.abs(value)) / most}%`);
    if (isLogit) made.style.setProperty("--of", `rgb(${diverging(Math.sign(value)).join(" ")})`);
    return made;
  };
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
      element("caption", {}, how),
      element(
        "thead",
        {},
        element("tr", {}, ...drawn.map((at) => element("th", { attributes: { scope: "col" } }, head[at]!))),
      ),
      element(
        "tbody",
        {},
        ...rows.map((row) =>
          element(
            "tr",
            { className: typeof row.at(-1) === "number" ? "" : "cut" },
            ...drawn.map((at) => cell(row, at)),
          ),
        ),
      ),
    ),
  );
}
