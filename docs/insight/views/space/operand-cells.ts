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

/** A cell, with those that it is computed from. */
interface ReadStep extends Cell {
  readonly reads: readonly CellsRead[];
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

/** What a cell is computed from; where it only takes the value of another, then what that is computed from, and so on. */
export function stepsTo(
  { tensor, index }: Cell,
  operationOf: (tensor: string) => Operation | undefined,
  shapeOf: ShapeOf,
): ReadStep[] {
  const operation = operationOf(tensor);
  const reads = cellsRead(operation, index, shapeOf);
  const [from] = operation && isTaken(operation, index) ? oneByOne(reads) : [];
  const before = from ? stepsTo(from, operationOf, shapeOf) : [];
  return [{ tensor, index, reads }, ...(before[0]?.reads.length ? before : [])];
}

/** Whether it is copied, or let through by a mask. */
function isTaken(operation: Operation, index: readonly number[]): boolean {
  if (operation.kind !== "mask") return operation.kind === "copy";
  const [query, key] = index.slice(-2) as [number, number];
  return key <= query && (operation.window === 0 || query - key < operation.window);
}

export const operandCells = (...of: Parameters<typeof cellsRead>): Cell[] => oneByOne(cellsRead(...of));

/** These cells one by one; of a row, some stand for all, the first and the last among them. */
export const oneByOne = (reads: readonly CellsRead[]): Cell[] =>
  reads.flatMap(({ tensor, at, count }) =>
    evenly(Array.from({ length: count }, (_, i) => i)).map((i) => ({
      tensor,
      index: at.map((own) => own ?? i),
    })),
  );

function isRead(value: unknown): value is Read {
  return typeof value === "object" && value !== null && "tensor" in value;
}
