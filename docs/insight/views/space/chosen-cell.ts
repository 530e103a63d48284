import { element } from "../../element.js";
import type { Derivation } from "../../engine/inside.js";
import type { PickedCell } from "../../scene/pick.js";
import { indexAt } from "../../scheme.js";
import type { Step } from "./regions.js";

/** Where a cell is in its tensor. */
export function indexOf({ panel, row, column }: PickedCell): number[] {
  return indexAt(panel.box.shape, { plane: panel.plane, row, column });
}

export const isSame = (a: PickedCell, b: PickedCell | undefined): boolean =>
  a.panel === b?.panel && a.row === b.row && a.column === b.column;

/** What is said of the chosen cell: where it is, its formula, and where the flat view has it. */
export function chosenCell(leadInside: (link: HTMLAnchorElement, place: Record<string, string>) => void) {
  const where = element("p", { className: "space-where" });
  const words = element("p", { className: "space-cell", attributes: { "aria-live": "polite" } });
  const flat = element("a", {}, "The same cell in the view Inside");
  let explained: { readonly cell: PickedCell; readonly found: Derivation } | undefined;

  function inWords(cell: PickedCell, found: Derivation | undefined, steps: readonly Step[]): string {
    const { name, operation } = cell.panel.box;
    const place = `${name}[${indexOf(cell).join(", ")}]`;
    const taken = steps.slice(1).map(({ tensor, index }) => `, taken from ${tensor}[${index.join(", ")}]`);
    if (!found) return `${place}: ${operation}${taken.join("")}. Here is only a shape, without weights.`;
    const { formula, operands, captured } = found.at(-1)!;
    return operands.length > 0
      ? `${place} = ${formula}${taken.join("")}`
      : `${place} = ${captured.toPrecision(4)}, a value of its own`;
  }

  return {
    /** Its place in words, and what its tensor is for. */
    where,
    parts: [where, words, element("p", {}, flat)],
    /** Whether the cells follow each other by themselves: a voice could not. */
    hush(isOn: boolean): void {
      words.setAttribute("aria-live", isOn ? "off" : "polite");
    },
    /** How a cell came about, once it is known. */
    explanationOf(cell: PickedCell): Derivation | undefined {
      return explained?.cell === cell ? explained.found : undefined;
    },
    /** `steps`: the cell, and where it only takes the value of another, that one, and so on. */
    tell(cell: PickedCell | undefined, found: Derivation | undefined, steps: readonly Step[]): void {
      explained = cell && found && { cell, found };
      flat.hidden = !found;
      words.textContent = cell ? inWords(cell, found, steps) : "Point at a cell, or go to one by arrow keys.";
      if (cell) leadInside(flat, { tensor: cell.panel.box.name, cell: indexOf(cell).join(".") });
    },
  };
}
