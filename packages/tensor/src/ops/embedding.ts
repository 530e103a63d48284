import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { record, tracked } from "../tape.js";
import { result, show, storageOf, type Tensor } from "../tensor.js";
import { integers, requireOptions, requireType, requireWeight, rowsOf } from "./checks.js";

/** What is added to the rows that are looked up. */
export interface EmbeddingOptions {
  /** Float32 (S, C). */
  position?: Tensor;
  offset?: number;
  /** Int32, of the shape of the ids. */
  positions?: Tensor;
}

export const EMBEDDING = { position: "object", offset: "number", positions: "object" } as const;

/**
 * Looks up rows of `table` (V, C) by int32 ids (..., T) and adds position[offset + t] of `position` (S, C) where
 * given, or that of each id's own place in `positions`, int32 (..., T): (..., T, C). An id outside the table is an
 * IndexError, and so is a position. The table may be in
 * bfloat16, frozen then.
 */
export function embedding(ids: Tensor, table: Tensor, options: EmbeddingOptions = {}): Tensor {
  requireOptions("embedding", options, EMBEDDING);
  const { position = null, offset = 0 } = options;
  const on = engine();
  requireType("embedding", "ids", ids, "int32");
  requireWeight("embedding", "table", table);
  const { columns: length } = rowsOf("embedding", ids);
  const [vocabulary, columns] = table.shape;
  if (table.shape.length !== 2 || vocabulary === undefined || columns === undefined) {
    throw new ShapeError(
      `embedding: table has shape ${show(table.shape)}, but (vocabulary, columns) is needed.`,
    );
  }
  if (position) {
    requireType("embedding", "position", position, "float32");
    if (position.shape.length !== 2 || position.shape[1] !== columns) {
      throw new ShapeError(
        `embedding: position of shape ${show(position.shape)} does not fit a table of shape ${show(table.shape)}.`,
      );
    }
    const past = !options.positions && offset + length > position.shape[0]!;
    if (!Number.isSafeInteger(offset) || offset < 0 || past) {
      throw new ShapeError(
        `embedding: ids of shape ${show(ids.shape)} at offset ${offset} reach past position of shape ${show(position.shape)}.`,
      );
    }
  }
  const is = storageOf(ids, "embedding");
  const places = position ? integers("embedding", "positions", options.positions, ids.shape) : null;
  const positions = places?.buffer ?? null;
  const out = result([...ids.shape, columns]);
  const rows = ids.size;
  on.embedding({
    ids: is.buffer,
    table: storageOf(table, "embedding").buffer,
    position: position ? storageOf(position, "embedding").buffer : null,
    out: storageOf(out, "embedding").buffer,
    rows,
    length,
    offset,
    positions,
    vocabulary,
    columns,
  });
  if (tracked(table, position)) {
    record(out, places ? [is, places] : [is], (dOut, gradients) => {
      on.embeddingBackward({
        ids: is.buffer,
        dOut: dOut.buffer,
        dTable: gradients.maybe(table),
        dPosition: gradients.maybe(position),
        rows,
        length,
        offset,
        positions,
        columns,
      });
    });
  }
  return out;
}
