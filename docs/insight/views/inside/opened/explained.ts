import type { Explanation } from "@llm/gpt/inspect";
import type { Overview } from "../../../engine/inside.js";
import type { Model } from "../../../model.js";
import type { Cell } from "./cells.js";
import { isOfPairs } from "./text-axes.js";

/**
 * How a cell came about, or the one that it is a copy of, and all that it was made of: of two tokens on the whole way from what a
 * query and a key have in common, or of one operation alone.
 */
export async function explained(
  cell: Cell,
  overview: Overview,
  {
    model,
    signal,
    isWhole,
  }: { readonly model: Model; readonly signal: AbortSignal; readonly isWhole: boolean },
): Promise<{ made: Explanation; read: Explanation["operands"] }> {
  const explain = ({ tensor, index }: Cell) => model.call("explain", { tensor, index }, signal);
  const kindOf = (tensor: string) => overview.descriptions.find(({ name }) => name === tensor)!.cell?.kind;
  const steps = [...(await explain(cell))];
  // A mask has a matrix of its own, and is a step; a copy has none.
  const made = steps.find(({ tensor }) => kindOf(tensor) !== "copy") ?? steps.at(-1)!;
  if (!isWhole) return { made, read: made.operands };
  for (let step = steps.at(-1)!; isOfPairs(step.tensor, overview) && kindOf(step.tensor) !== "dot"; ) {
    steps.push(...(await explain(step.operands[0]!)));
    step = steps.at(-1)!;
  }
  return { made, read: steps.flatMap(({ operands }) => operands) };
}
