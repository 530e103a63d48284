import type { Operation, Read } from "@llm/gpt/inspect";
import { indexAlong } from "../../index-along.js";
import { evenly } from "../../scene/lines.js";

interface Cell {
  readonly tensor: string;
  readonly index: readonly number[];
}

/**
 * The cells that a cell is computed from, by the description of its operation alone: no value is needed, so this is known of a
 * network without weights. Of a row, some cells stand for all, the first and the last among them. What a value leads to, such as
 * the row of a token, and what a rotation reads, is left out.
 */
export function operandCells(
  operation: Operation | undefined,
  index: readonly number[],
  shapeOf: (tensor: string) => readonly number[] | undefined,
): Cell[] {
  if (!operation || operation.kind === "rotate" || operation.kind === "angles") return [];
  const reads = Object.values(operation).flat().filter(isRead).map(whole);
  const extents = reads.flatMap(({ tensor, at }) => {
    const axis = at.indexOf("each");
    return axis < 0 ? [] : (shapeOf(tensor)?.[axis] ?? 0);
  });
  const row = evenly(Array.from({ length: extents.length > 0 ? Math.min(...extents) : 0 }, (_, i) => i));
  return reads.flatMap(({ tensor, at }) => {
    const fixed = at.map((each) => (each === "each" ? undefined : indexAlong(each, index)));
    const isKnown = shapeOf(tensor) && at.every((each, axis) => each === "each" || fixed[axis] !== undefined);
    if (!isKnown) return [];
    const cells = at.includes("each") ? row : [0];
    return cells.map((i) => ({ tensor, index: fixed.map((own) => own ?? i) }));
  });

  /** A softmax reads the row of what it names. */
  function whole(read: Read): Read {
    return operation?.kind === "softmax" ? { ...read, at: [...read.at.slice(0, -1), "each"] } : read;
  }
}

function isRead(value: unknown): value is Read {
  return typeof value === "object" && value !== null && "tensor" in value;
}
