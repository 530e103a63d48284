import type { Into } from "../../device-buffer.js";
import { IndexError } from "../../errors.js";
import type { EmbeddingArgs, EmbeddingBackwardArgs } from "../../kernel-arguments.js";
import { positionsOf } from "../reference/batch-places.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";

const checkIds = (ids: Int32Array, rows: number, vocabulary: number) => {
  for (let r = 0; r < rows; r++) {
    const id = ids[r]!;
    if (id < 0 || id >= vocabulary) {
      throw new IndexError(`embedding: id ${id} is not in a table of ${vocabulary} rows.`);
    }
  }
};

/** The position of every row, in a table of `known` positions. */
function placesOf(
  on: Device,
  args: Pick<EmbeddingArgs, "rows" | "length" | "offset" | "positions">,
  known: number,
): TfTensor {
  const { rows, length, offset, positions } = args;
  if (positionsOf("embedding", args, known, (buffer) => on.ids(buffer))) return on.values(positions!, [rows]);
  const places = Int32Array.from({ length: rows }, (_, r) => offset + (r % length));
  return on.tf.tensor(places, [rows], "int32");
}

/** See Engine.embedding. */
export function embedding(on: Device, args: EmbeddingArgs): void {
  const { rows, vocabulary, columns, position } = args;
  const { tf } = on;
  checkIds(on.ids(args.ids), rows, vocabulary);
  const tokens = tf.gather(on.values(args.table, [vocabulary, columns]), on.values(args.ids, [rows]));
  const table = on.maybe(position, [(position?.length ?? 0) / columns, columns]);
  const places = table && tf.gather(table, placesOf(on, args, table.shape[0]!));
  on.set(args.out, places ? tf.add(tokens, places) : tokens);
}

/** See Engine.embeddingBackward. */
export function embeddingBackward(on: Device, args: EmbeddingBackwardArgs): void {
  const { rows, columns } = args;
  const { tf } = on;
  const dOut = on.values(args.dOut, [rows, columns]);
  // Rows of the same index add up in ScatterNd, which more backends have than UnsortedSegmentSum.
  const scatter = (into: Into, indices: TfTensor) =>
    tf.scatterND(tf.reshape(indices, [rows, 1]), dOut, [into.buffer.length / columns, columns]);
  const { dTable, dPosition } = args;
  if (dTable) checkIds(on.ids(args.ids), rows, dTable.buffer.length / columns);
  const table = dTable && scatter(dTable, on.values(args.ids, [rows]));
  const position = dPosition && scatter(dPosition, placesOf(on, args, dPosition.buffer.length / columns));
  if (dTable && table) on.put(dTable, table);
  if (dPosition && position) on.put(dPosition, position);
}
