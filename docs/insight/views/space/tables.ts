import { cellName, ofSeveral, operandsTable } from "../../cells/operands-table.js";
import type { Derivation } from "../../engine/inside.js";
import type { Panel } from "../../scene/layout.js";
import type { PickedCell } from "../../scene/pick.js";
import { asTable, type Table } from "../../table.js";
import type { stepsTo } from "./operand-cells.js";
import type { Network } from "./shown.js";
import { tensorsTable } from "./tensors-table.js";

type ReadSteps = ReturnType<typeof stepsTo>;

const NONE: Table = { caption: "", head: [], rows: [] };

/** What a network has, what several networks are, and what a cell is computed from, as tables. */
export function spaceTables(panels: () => readonly Panel[]) {
  let network: Network | undefined;
  let chosen = operandsTable(undefined);
  const tensors = asTable(() => tensorsTable(panels(), network?.operations ?? []), "every tensor");
  const sizes = asTable(() => network?.compared?.table ?? NONE, "how large each network is");
  const cell = asTable(() => chosen, "what the chosen cell is computed from");
  sizes.root.hidden = true;
  return {
    parts: [tensors.root, sizes.root, cell.root],
    draw(given: Network | undefined): void {
      if (given === network) return;
      network = given;
      sizes.root.hidden = !network?.compared;
      tensors.refresh();
      sizes.refresh();
    },
    /** `steps`: where there are no values, the cells that it would be computed from. */
    tell(at: PickedCell | undefined, found: Derivation | undefined, steps: ReadSteps): void {
      chosen = at && !found ? cellsTable(steps) : operandsTable(found);
      cell.refresh();
    },
  };
}

/** The operands' places alone. */
function cellsTable(steps: ReadSteps): Table {
  return {
    caption: `What ${cellName(steps[0]!)} would be computed from`,
    head: ["tensor", "index", ...ofSeveral(steps, "gives")],
    rows: steps.flatMap((step) =>
      step.reads.map(({ tensor, at, count }) => [
        tensor,
        at.map((own) => own ?? (count > 1 ? `0 to ${count - 1}` : 0)).join(", "),
        ...ofSeveral(steps, cellName(step)),
      ]),
    ),
  };
}
