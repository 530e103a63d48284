import type { Explanation } from "@llm/gpt/inspect";
import { cellWords, type TokenTexts } from "../../cell-words.js";
import { element } from "../../element.js";
import { purposeOf } from "../../purposes.js";
import type { PickedCell } from "../../scene/pick.js";
import { indexAt } from "../../scheme.js";
import { asTable, type Table } from "../../table.js";
import { labelOf } from "../flow/operations.js";
import { operandsTable } from "../inside/tables.js";
import type { CellsRead } from "./operand-cells.js";

/** Where a cell is in its tensor. */
export function indexOf({ panel, row, column }: PickedCell): number[] {
  return indexAt(panel.box.shape, { plane: panel.plane, row, column });
}

/** The operands' places alone. */
function cellsTable(cell: PickedCell, read: readonly CellsRead[]): Table {
  return {
    caption: `What ${cell.panel.box.name}[${indexOf(cell).join(", ")}] would be computed from`,
    head: ["tensor", "index"],
    rows: read.map(({ tensor, at, count }) => [
      tensor,
      at.map((own) => own ?? (count > 1 ? `0 to ${count - 1}` : 0)).join(", "),
    ]),
  };
}

/** What is said of the chosen cell: where it is, its formula, what it is computed from as a table, and where the flat view has it. */
export function chosenCell(
  leadInside: (link: HTMLAnchorElement, place: Record<string, string>) => void,
  tokens: () => TokenTexts | undefined,
) {
  const where = element("p", { className: "space-where" });
  const words = element("p", { className: "space-cell", attributes: { "aria-live": "polite" } });
  const flat = element("a", {}, "The same cell in the view Inside");
  let explained: { readonly cell: PickedCell; readonly found: Explanation } | undefined;
  let table = operandsTable(undefined);
  const shown = asTable(() => table, "what the chosen cell is computed from");

  function inWords(cell: PickedCell, found: Explanation | undefined): string {
    const { name, operation } = cell.panel.box;
    const place = `${name}[${indexOf(cell).join(", ")}]`;
    if (!found) return `${place}: ${operation}. Here is only a shape, without weights.`;
    return found.operands.length > 0
      ? `${place} = ${found.formula}`
      : `${place} = ${found.captured.toPrecision(4)}, a value of its own`;
  }

  function placeOf(cell: PickedCell): (HTMLElement | string)[] {
    const { name } = cell.panel.box;
    const texts = tokens();
    const place = texts && cellWords(name, indexOf(cell), texts);
    const words = place ? `${labelOf(name)}, ${place}. ` : `${labelOf(name)}. `;
    return [element("b", {}, words), purposeOf(name) ?? ""];
  }

  return {
    parts: [where, words, element("p", {}, flat)],
    table: shown.root,
    /** Whether the cells follow each other by themselves: a voice could not. */
    hush(isOn: boolean): void {
      words.setAttribute("aria-live", isOn ? "off" : "polite");
    },
    /** What a cell is computed from, once it is known. */
    operandsOf(cell: PickedCell): Explanation["operands"] {
      return explained?.cell === cell ? explained.found.operands : [];
    },
    /** `read`: where there are no values, the cells that it would be computed from. */
    tell(cell: PickedCell | undefined, found: Explanation | undefined, read: readonly CellsRead[]): void {
      explained = cell && found && { cell, found };
      flat.hidden = !found;
      where.replaceChildren(...(cell ? placeOf(cell) : []));
      words.textContent = cell ? inWords(cell, found) : "Point at a cell, or go to one by arrow keys.";
      if (cell) leadInside(flat, { tensor: cell.panel.box.name, cell: indexOf(cell).join(".") });
      table = cell && !found ? cellsTable(cell, read) : operandsTable(found);
      shown.refresh();
    },
  };
}
