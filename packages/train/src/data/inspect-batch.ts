import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import type { Batch } from "./batch.js";
import { countBatch } from "./count-batch.js";

/** Options of {@link inspect}. */
export interface InspectOptions {
  /** Positions per row. */
  blockSize: number;
  /** The text of one token. Default: its id. */
  decode?: (id: number) => string;
}

const INSPECT: Kinds<InspectOptions> = { blockSize: "count!", decode: "function" };

/**
 * A batch as people read it, a line for each row: the tokens, `|` where a document begins, and brackets around targets that do
 * not count. Weights follow their target.
 *
 *     row 0, 5 of 7 targets count: The cat |Why [is] the sky[ blue]
 *
 * @throws {DataError} for a batch that cannot be trained on
 */
export function inspect(batch: Batch, options: InspectOptions): string {
  check("inspect", options, INSPECT);
  const { blockSize, decode = (id) => ` ${id}` } = options;
  const { weights } = countBatch(batch, batch.targets.length, "the batch");
  const shown = (id: number) => (id < 0 ? "·" : decode(id).replaceAll("\n", "\\n"));
  const rows = Math.ceil(batch.targets.length / blockSize);
  return Array.from({ length: rows }, (_, row) => {
    let line = shown(batch.ids[row * blockSize]!);
    let count = 0;
    for (let t = 0; t < blockSize; t++) {
      const i = row * blockSize + t;
      const weight = weights ? weights[i]! : 1;
      const counts = batch.targets[i]! >= 0 && Number(batch.mask?.[i] ?? 1) === 1;
      if (t > 0 && batch.documents?.[i] === t) line += "|";
      if (counts) count++;
      line += counts ? shown(batch.targets[i]!) : `[${shown(batch.targets[i]!)}]`;
      if (counts && weight !== 1) line += `(${weight})`;
    }
    return `row ${row}, ${count} of ${blockSize} targets count:${line.startsWith(" ") ? "" : " "}${line}`;
  }).join("\n");
}
