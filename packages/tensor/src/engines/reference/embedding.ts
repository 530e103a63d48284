import { IndexError } from "../../errors.js";
import type { EmbeddingArgs, EmbeddingBackwardArgs } from "../../kernel-arguments.js";
import { positionsOf } from "./batch-places.js";
import { floats, maybeTarget, maybeValues, values } from "./buffers.js";

/** See Engine.embedding. */
export function embedding(args: EmbeddingArgs): void {
  const { rows, length, offset, vocabulary, columns } = args;
  const ids = values(args.ids);
  const table = floats(args.table);
  const position = maybeValues(args.position);
  const out = values(args.out);
  const positions = positionsOf("embedding", args, (position?.length ?? 0) / columns, values);
  for (let r = 0; r < rows; r++) {
    const id = ids[r]!;
    if (id < 0 || id >= vocabulary) {
      throw new IndexError(`embedding: id ${id} is not in a table of ${vocabulary} rows.`);
    }
    const at = (positions ? positions[r]! : offset + (r % length)) * columns;
    for (let j = 0; j < columns; j++) {
      out[r * columns + j] = table[id * columns + j]! + (position ? position[at + j]! : 0);
    }
  }
}

/** See Engine.embeddingBackward. */
export function embeddingBackward(args: EmbeddingBackwardArgs): void {
  const { rows, length, offset, columns } = args;
  const ids = values(args.ids);
  const dOut = values(args.dOut);
  const dTable = maybeTarget(args.dTable);
  const dPosition = maybeTarget(args.dPosition);
  const positions = args.positions && values(args.positions);
  for (let r = 0; r < rows; r++) {
    const at = (positions ? positions[r]! : offset + (r % length)) * columns;
    for (let j = 0; j < columns; j++) {
      const gradient = dOut[r * columns + j]!;
      if (dTable) dTable[ids[r]! * columns + j]! += gradient;
      if (dPosition) dPosition[at + j]! += gradient;
    }
  }
}
