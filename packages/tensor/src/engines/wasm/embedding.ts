import type { DeviceBuffer } from "../../device-buffer.js";
import type { Engine } from "../../engine.js";
import { IndexError } from "../../errors.js";
import { type Access, bytesPerElement, STORAGE, type WasmBuffer } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Rows of a table, and their gradients: kernels read and write wherever an id points, so each is checked here. */
export function embeddingKernels(
  kernels: Kernels,
  { at, maybe }: Access,
): Pick<Engine, "embedding" | "embeddingBackward"> {
  const idsWithin = (buffer: DeviceBuffer, rows: number, known: number): number => {
    const address = at(buffer, rows);
    const ids = (buffer as WasmBuffer).data;
    for (let r = 0; r < rows; r++) {
      const id = ids[r]!;
      if (id >= 0 && id < known) continue;
      throw new IndexError(`embedding: id ${id} is not in a table of ${known} rows.`);
    }
    return address;
  };
  return {
    embedding({ ids, table, position, out, rows, length, offset, vocabulary, columns }) {
      kernels.embedding(
        idsWithin(ids, rows, vocabulary),
        at(table, vocabulary * columns, bytesPerElement(table.dtype)),
        maybe(position, (offset + length) * columns),
        at(out, rows * columns),
        rows,
        0,
        length,
        offset,
        columns,
        STORAGE[table.dtype],
      );
    },
    embeddingBackward({ ids, dOut, dTable, dPosition, rows, length, offset, columns }) {
      for (const into of [dTable, dPosition]) {
        if (into && !into.accumulate) kernels.zero(at(into.buffer, 0), into.buffer.length);
      }
      const known = dTable ? dTable.buffer.length / columns : Number.POSITIVE_INFINITY;
      kernels.embeddingBackward(
        idsWithin(ids, rows, known),
        at(dOut, rows * columns),
        maybe(dTable?.buffer, 0),
        maybe(dPosition?.buffer, (offset + length) * columns),
        rows,
        length,
        offset,
        columns,
        columns,
      );
    },
  };
}
