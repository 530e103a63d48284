import type { Explanation } from "@llm/gpt/inspect";
import { cellWords, textsOf } from "../../../cells/words.js";
import { element } from "../../../element.js";
import { placeOf } from "../../../scheme.js";
import { STEPS, weightWords } from "../block/attention-dots.js";
import type { ShownBlock } from "../block/shown.js";
import { productWords } from "../cell/products.js";
import type { Cell } from "./cells.js";
import type { DrawnChain } from "./drawn.js";

/** What a cell is and how it came about: `made` is it, or what it is a copy of. */
export function toldCell(
  shown: ShownBlock,
  chain: DrawnChain,
  { tensor, index }: Cell,
  made: Explanation,
): (Node | string)[] {
  const { block, info, head } = shown;
  const { row, column } = placeOf(block.overview.pictures[tensor]!.shape, index);
  const isStep = STEPS.some((step) => block.tensors.names[step] === tensor);
  const formula = made.operands.length > 0 ? made.formula : "learned";
  const how = isStep ? weightWords(block, head, row, column) : (productWords(made) ?? formula);
  const where = cellWords(tensor, index, textsOf(block.overview, info));
  const value = made.captured.toPrecision(4);
  return [element("b", {}, `${chain.nameOf(tensor)}, ${where}: ${value}`), ` ${how}`];
}
