import type { DeviceBuffer } from "../../device-buffer.js";
import type { Engine } from "../../engine.js";
import { IndexError } from "../../errors.js";
import { positionsOf } from "../reference/batch-places.js";
import { type Access, bytesPerElement, integersAt, STORAGE } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Rows of a table, and their gradients: kernels read and write wherever an id points, so each is checked here. */
export function embeddingKernels(
  kernels: Kernels,
  access: Access,
): Pick<Engine, "embedding" | "embeddingBackward"> {
  const { at, maybe } = access;
  const integers = integersAt(access);
  const idsWithin = (buffer: DeviceBuffer, rows: number, known: number): number => {
    const address = at(buffer, rows);
    const ids = integers(buffer, rows);
    for (let r = 0; r < rows; r++) {
      const id = ids[r]!;
      if (id >= 0 && id < known) continue;
      throw new IndexError(`embedding: id ${id} is not in a table of ${known} rows.`);
    }
    return address;
  };
  return {
    embedding({ ids, table, position, positions, out, rows, length, offset, vocabulary, columns }) {
      positionsOf("embedding", { positions, rows }, (position?.length ?? 0) / columns, integers);
      kernels.embedding(
        idsWithin(ids, rows, vocabulary),
        at(table, vocabulary * columns, bytesPerElement(table.dtype)),
        maybe(position, positions ? 0 : (offset + length) * columns),
        at(out, rows * columns),
        rows,
        0,
        length,
        offset,
        columns,
        STORAGE[table.dtype],
        maybe(positions, rows),
      );
    },
    embeddingBackward({ ids, dOut, dTable, dPosition, positions, rows, length, offset, columns }) {
      if (dPosition) {
        positionsOf("embedding", { positions, rows }, dPosition.buffer.length / columns, integers);
      }
      for (const into of [dTable, dPosition]) {
        if (into && !into.accumulate) kernels.zero(at(into.buffer, 0), into.buffer.length);
      }
      const known = dTable ? dTable.buffer.length / columns : Number.POSITIVE_INFINITY;
      kernels.embeddingBackward(
        idsWithin(ids, rows, known),
        at(dOut, rows * columns),
        maybe(dTable?.buffer, 0),
        maybe(dPosition?.buffer, positions ? 0 : (offset + length) * columns),
        rows,
        length,
        offset,
        columns,
        columns,
        maybe(positions, rows),
      );
    },
  };
}
