import type { Explanation } from "@llm/gpt/inspect";
import type { Overview } from "../../../engine/inside.js";
import { indexAt, placeOf } from "../../../scheme.js";
import { mostLooked } from "../attention-maps.js";
import type { ShownBlock } from "../block/shown.js";
import { regionsOf } from "./chain.js";
import type { DrawnChain } from "./drawn.js";
import type { OpenedMatrix } from "./matrix.js";
import { bestLogit } from "./openings.js";
import { isOfPairs, isOfText } from "./text-axes.js";

/** A cell of a tensor. */
export interface Cell {
  readonly tensor: string;
  readonly index: readonly number[];
}

/**
 * The chosen cell, or where it is none of what is drawn the one of the chosen token in what is made. A part that has just been
 * opened tells of a cell that comes about there.
 */
export function cellIn(chain: DrawnChain, { block, token }: ShownBlock, chosen: Cell, isNew: boolean): Cell {
  const { overview } = block;
  const shapeOf = (tensor: string) => overview.pictures[tensor]!.shape;
  const { tensor, index } = chosen;
  const isDrawn = chain.matrices.some(
    (each) => each.tensor === tensor && each.plane === placeOf(shapeOf(tensor), index).plane,
  );
  if (isDrawn && (!isNew || chain.made.has(tensor))) return chosen;
  if (chain.made.has("logits")) return bestLogit(overview);
  const last = chain.matrices.at(-1)!;
  const place = { plane: last.plane, row: token, column: 0 };
  return { tensor: last.tensor, index: indexAt(shapeOf(last.tensor), place) };
}

/**
 * The cell that is told of a step: of the chosen token's row, or of the last one where the next token is made of it; of two tokens
 * where the chosen cell is of two. Without a matrix it is about the next token.
 */
export function stepCell(
  chain: DrawnChain,
  { block, head, token }: ShownBlock,
  made: OpenedMatrix | undefined,
  chosen: Cell,
): Cell {
  const { overview, layer } = block;
  if (!made) return bestLogit(overview);
  const { tensor, plane, region } = made;
  const isPairs = isOfPairs(tensor, overview);
  const isSame = chosen.tensor === tensor || (isPairs && isOfPairs(chosen.tensor, overview));
  const usual = isPairs ? mostLooked(overview, layer, head, token).key : (region?.left ?? 0);
  const row = chain.made.has("logits") ? overview.ids.length - 1 : token;
  const column = isSame ? chosen.index.at(-1)! : usual;
  return { tensor, index: indexAt(overview.pictures[tensor]!.shape, { plane, row, column }) };
}

/** Frames a cell, and what it is computed from. */
export function lightOperands(
  { matrices }: DrawnChain,
  { tensor, index }: Cell,
  operands: Explanation["operands"],
  overview: Overview,
): void {
  const placeIn = (tensor: string, index: readonly number[]) =>
    placeOf(overview.pictures[tensor]!.shape, index);
  const { row, column } = placeIn(tensor, index);
  const isOfRows = isOfText(tensor, overview);
  for (const matrix of matrices) {
    const read = operands.filter(
      (operand) =>
        operand.tensor === matrix.tensor && placeIn(matrix.tensor, operand.index).plane === matrix.plane,
    );
    matrix.light(regionsOf(read.map(({ index }) => index)));
    if (isOfRows) matrix.take(row);
    // The same two tokens, in each square.
    if (matrix.tensor === tensor || [matrix.tensor, tensor].every((each) => isOfPairs(each, overview)))
      matrix.mark(row, column);
    else if (read.length === 0 && isOfRows) matrix.nameRow(row);
  }
}
