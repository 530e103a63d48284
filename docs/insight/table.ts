import { element } from "./element.js";
import { thousands } from "./thousands.js";

type Cell = string | number;

/** The numbers of a picture. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Where there are no numbers yet. */
export const NOTHING_YET: Table = { caption: "Nothing yet", head: [], rows: [] };

/** Columns whose numbers count nothing: ids, of a merge's halves, too, and places. */
const NAMES: ReadonlySet<string> = new Set(["id", "left", "right", "place", "position"]);

/** More rows than this are copied, and not shown. */
const SHOWN = 500;

/**
 * "As a table": the same numbers as the picture's, made when it is unfolded, with a button that copies them as TSV. `of` says
 * what they are where a view has several.
 */
export function asTable(make: () => Table, of = ""): { root: HTMLElement; refresh(): void } {
  const copy = element("button", { type: "button", textContent: "Copy as TSV" });
  const body = element("div", { className: "insight-scroll", tabIndex: 0, attributes: { role: "region" } });
  const root = element(
    "details",
    { className: "insight-table" },
    element("summary", {}, "As a table", of && `: ${of}`),
    copy,
    body,
  );
  const refresh = () => {
    if (!root.open) return;
    const { caption, head, rows } = make();
    body.setAttribute("aria-label", caption);
    body.replaceChildren(
      element(
        "table",
        {},
        element(
          "caption",
          {},
          rows.length > SHOWN ? `${caption} (the first ${SHOWN} of ${thousands(rows.length)} rows)` : caption,
        ),
        element(
          "thead",
          {},
          element("tr", {}, ...head.map((name) => element("th", { attributes: { scope: "col" } }, name))),
        ),
        element(
          "tbody",
          {},
          ...rows
            .slice(0, SHOWN)
            .map((row) =>
              element("tr", {}, ...row.map((cell, i) => element("td", {}, shown(cell, NAMES.has(head[i]!))))),
            ),
        ),
      ),
    );
  };
  root.addEventListener("toggle", refresh);
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(tsv(make()));
    copy.textContent = "Copied";
  });
  return { root, refresh };
}

/** A table as tab-separated values; a tab or a line break inside a cell is written as JSON has it. */
function tsv({ head, rows }: Table): string {
  const plain = (cell: Cell) =>
    String(cell).replace(/[\t\n\r]/g, (character) => JSON.stringify(character).slice(1, -1));
  return [head, ...rows].map((row) => row.map(plain).join("\t")).join("\n");
}

function shown(cell: Cell, isName: boolean): string {
  if (typeof cell === "string") return cell;
  if (!Number.isInteger(cell)) return cell.toPrecision(6);
  return isName ? String(cell) : thousands(cell);
}
