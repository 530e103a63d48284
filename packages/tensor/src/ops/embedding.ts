import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { record, tracked } from "../tape.js";
import { result, show, storageOf, type Tensor } from "../tensor.js";
import { requireOptions, requireType, requireWeight, rowsOf } from "./checks.js";

/**
 * Looks up rows of `table` (V, C) by int32 ids (..., T) and adds position[offset + t] of `position` (S, C) where
 * given: (..., T, C). An id outside the table is an IndexError. The table may be in
 * bfloat16, frozen then.
 */
export function embedding(
  ids: Tensor,
  table: Tensor,
  options: { position?: Tensor; offset?: number } = {},
): Tensor {
  requireOptions("embedding", options, { position: "object", offset: "number" });
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
    if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > position.shape[0]!) {
      throw new ShapeError(
        `embedding: ids of shape ${show(ids.shape)} at offset ${offset} reach past position of shape ${show(position.shape)}.`,
      );
    }
  }
  const is = storageOf(ids, "embedding");
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
    vocabulary,
    columns,
  });
  if (tracked(table, position)) {
    record(out, [is], (dOut, gradients) => {
      on.embeddingBackward({
        ids: is.buffer,
        dOut: dOut.buffer,
        dTable: gradients.maybe(table),
        dPosition: gradients.maybe(position),
        rows,
        length,
        offset,
        columns,
      });
    });
  }
  return out;
}
