import type { Overview } from "../../engine/inside.js";
import type { State } from "../../state.js";
import type { fields, InsideState } from "./fields.js";
import { choiceOfCell, choiceOfHead, choiceOfToken, headBy, within } from "./selection.js";

interface Cell {
  readonly tensor: string;
  readonly index: readonly number[];
}

/** Puts what a reader chooses of the pass into the state, with what else that changes. */
export function choices(
  state: State<typeof fields>,
  overview: () => Overview | undefined,
  cellAt: () => Cell,
) {
  /** Makes a head the large one, here and in the picture of its block. */
  function head(chosen: { layer: number; head: number }): void {
    state.set(choiceOfHead(chosen, cellAt(), state.values, overview()!));
  }

  return {
    head,
    headBy(by: number): void {
      const of = overview();
      const found = of && headBy(by, state.values, of);
      if (found) head(found);
    },
    blockBy(by: number): void {
      const of = overview();
      if (!of) return;
      const { layer, head: same } = within(state.values, of);
      if (of.attention[layer + by]) head({ layer: layer + by, head: same });
    },
    token(token: number): void {
      state.set(choiceOfToken(token, state.values, overview()!), "drift");
    },
    /** One cell is chosen in all pictures: its token and its head, too. */
    cell(tensor: string, index: readonly number[], kind: "step" | "drift" = "step"): void {
      state.set({ play: "no", ...choiceOfCell(tensor, index, state.values, overview()!) }, kind);
    },
    /** Opens a part of the block large, with a cell of its own; "" closes it. */
    open(open: InsideState["open"], cell?: Pick<Cell, "tensor"> & Partial<Cell>): void {
      state.set({
        open,
        at: open === state.values.open ? state.values.at : 0,
        ...(cell && { play: "no", tensor: cell.tensor, cell: [] }),
        ...(cell?.index && choiceOfCell(cell.tensor, cell.index, state.values, overview()!)),
      });
    },
  };
}
