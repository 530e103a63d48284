import type { Explanation, Operation } from "@llm/gpt/inspect";
import { bendOf } from "../../../cells/bend.js";
import { cellWords, textsOf } from "../../../cells/words.js";
import { element } from "../../../element.js";
import { madeOf } from "../../../flow/operations.js";
import { short } from "../../../short.js";
import { visible } from "../../../token-line.js";
import type { ShownBlock } from "../block/shown.js";
import { productWords } from "../cell/products.js";
import type { Cell } from "./cells.js";
import type { Equation } from "./chain.js";
import type { DrawnChain } from "./drawn.js";

/** What happens in a step of a chain, and to a cell of the chosen row. */
export function toldStep(
  shown: ShownBlock,
  chain: DrawnChain,
  { tensor, index }: Cell,
  made: Explanation,
  at: number,
  softmax: () => string,
): (Node | string)[] {
  const { block, info, token } = shown;
  const { ids } = block.overview;
  const texts = textsOf(block.overview, info);
  const step = chain.steps[at - 1];
  const row = { at: token, count: ids.length, name: `"${visible(texts.text[token]!)}" (${token})` };
  const told = step ? stepWords(step, made, cellWords(tensor, index, texts), row, chain.nameOf) : softmax();
  const name = step ? chain.nameOf(tensor) : "shares";
  return [element("b", {}, `${at} of ${chain.count}. ${name}:`), ` ${told}`];
}

/** The row whose numbers are told. */
interface ToldRow {
  readonly at: number;
  /** Of how many. */
  readonly count: number;
  readonly name: string;
}

/** What happens in a step, and in numbers how a cell of the chosen row, `where`, came about. */
function stepWords(
  { cell, made }: Equation,
  explained: Explanation,
  where: string,
  row: ToldRow,
  nameOf: (tensor: string) => string,
): string {
  const numbers = productWords(explained) ?? `${explained.formula}.`;
  const told =
    cell.kind === "mask"
      ? keptWords(cell.window, row)
      : `${where[0]!.toUpperCase()}${where.slice(1)}: ${numbers}`;
  return `${ruleOf(made, cell, nameOf)}. ${told}`;
}

function keptWords(window: number, { at, count, name }: ToldRow): string {
  return `${name} keeps ${Math.min(at + 1, window || count)} of ${count}.`;
}

/** What an operation does to rows. */
function ruleOf(made: string, cell: Operation, nameOf: (tensor: string) => string): string {
  switch (cell.kind) {
    case "dot": {
      const across = cell.b.at.at(-1) === "each" ? "rows" : "columns";
      return `rows of ${nameOf(cell.a.tensor)} times ${across} of ${nameOf(cell.b.tensor)}, number by number, summed up`;
    }
    case "add":
      return "rows are added, number by number";
    case "multiply":
      return "rows are multiplied, number by number";
    case "norm":
      return `each row ${cell.mean ? "less its mean, " : ""}times 1 / spread${cell.gain ? "; then each channel times a learned weight" : ""}${cell.bias ? ", plus a bias" : ""}`;
    case "mean":
    case "rstd":
      return madeOf(made);
    case "max":
      return `softmax, first part: ${madeOf(made)}`;
    case "sum-exp":
      return `softmax, second part: exp of each less the largest, and ${madeOf(made)}`;
    case "softmax":
      return "softmax, third part: each exp divided by the sum of its row, which then adds up to 1";
    case "mask":
      return `what comes later${cell.window > 0 ? `, or is ${cell.window} back and more,` : ""} is covered with -∞, of which no share is left`;
    case "rotate":
      return "pairs of numbers are turned by the angle of their position";
    case "lookup":
      return "each token's own row is taken out of the table";
    case "copy":
      return "numbers are taken as they are";
    case "scale":
      return `each number is multiplied by ${short(cell.factor)}`;
    case "softcap":
      return `each number is squeezed below ${short(cell.cap)}`;
    case "activation":
      return `${bendOf(cell.function)?.words ?? cell.function} bends each number by itself`;
    case "angles":
      return "cosines and sines of each position's angles";
  }
}
