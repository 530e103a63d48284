import { operandsTable } from "../../cells/operands-table.js";
import type { Overview } from "../../engine/inside.js";
import type { ModelInfo } from "../../engine/opened.js";
import { asTable } from "../../table.js";
import type { FollowedCell } from "./cell/follower.js";
import { attentionTable, cellsTable, lensRows } from "./tables.js";

/** What is shown now. */
interface Shown {
  readonly cell: FollowedCell | undefined;
  readonly overview: Overview | undefined;
  readonly info: ModelInfo | undefined;
}

/** The tables of the view, which ask for what is shown when they are unfolded. */
export function viewTables(shown: () => Shown) {
  return {
    cells: asTable(() => cellsTable(shown().cell?.part, shown().info), "the cells"),
    operands: asTable(() => operandsTable(shown().cell?.explained), "what the chosen cell is computed from"),
    attention: asTable(() => attentionTable(shown().overview, shown().info), "attention"),
    lens: asTable(() => lensRows(shown().overview, shown().info), "the logit lens"),
  };
}
