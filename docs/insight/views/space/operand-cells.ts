import type { Operation, Read } from "@llm/gpt/inspect";
import { indexAlong } from "../../index-along.js";
import { evenly } from "../../scene/lines.js";

interface Cell {
  readonly tensor: string;
  readonly index: readonly number[];
}

/** Cells of a tensor: one, or along an axis without an index of its own, so many. */
export interface CellsRead {
  readonly tensor: string;
  readonly at: readonly (number | undefined)[];
  readonly count: number;
}

type ShapeOf = (tensor: string) => readonly number[] | undefined;

/**
 * The cells that a cell is computed from, by the description of its operation alone: no value is needed, so this is known of a
 * network without weights. What a value leads to, such as the row of a token, and what a rotation reads, is left out.
 */
export function cellsRead(
  operation: Operation | undefined,
  index: readonly number[],
  shapeOf: ShapeOf,
): CellsRead[] {
  if (!operation || operation.kind === "rotate" || operation.kind === "angles") return [];
  const reads = Object.values(operation).flat().filter(isRead);
  const extents = reads.flatMap(({ tensor, at }) => {
    const axis = at.indexOf("each");
    return axis < 0 ? [] : (shapeOf(tensor)?.[axis] ?? 0);
  });
  const count = extents.length > 0 ? Math.min(...extents) : 0;
  return reads.flatMap(({ tensor, at }) => {
    const fixed = at.map((each) => (each === "each" ? undefined : indexAlong(each, index)));
    const isKnown = shapeOf(tensor) && at.every((each, axis) => each === "each" || fixed[axis] !== undefined);
    return isKnown ? [{ tensor, at: fixed, count: at.includes("each") ? count : 1 }] : [];
  });
}

/** These cells one by one; of a row, some stand for all, the first and the last among them. */
export const operandCells = (...of: Parameters<typeof cellsRead>): Cell[] =>
  cellsRead(...of).flatMap(({ tensor, at, count }) =>
    evenly(Array.from({ length: count }, (_, i) => i)).map((i) => ({
      tensor,
      index: at.map((own) => own ?? i),
    })),
  );

function isRead(value: unknown): value is Read {
  return typeof value === "object" && value !== null && "tensor" in value;
}
