import { scope, tensor } from "@llm/tensor";
import type { Trainable } from "@llm/train";
import { type Baseline, type Score, score } from "./baselines.js";
import { targets, type Windows } from "./split.js";

/** A model's mean loss in nats per token over validation windows, read in batches. */
export async function validationLoss(
  model: Trainable,
  tokens: Uint32Array,
  { blockSize, starts }: Windows,
  batchSize: number,
  signal?: AbortSignal,
): Promise<number> {
  let sum = 0;
  for (let first = 0; first < starts.length; first += batchSize) {
    signal?.throwIfAborted();
    const rows = starts.slice(first, first + batchSize);
    const cut = (shift: number) =>
      tensor(
        Int32Array.from(
          rows.flatMap((start) => Array.from(tokens.subarray(start + shift, start + shift + blockSize))),
        ),
        [rows.length, blockSize],
        "int32",
      );
    const loss = scope(() => model.loss(cut(0), cut(1)));
    sum += (await loss.data())[0]! * rows.length;
    loss.dispose();
  }
  return sum / starts.length;
}

/** A baseline's mean loss over the same tokens. */
export function baselineLoss(baseline: Baseline, tokens: Uint32Array, windows: Windows): number {
  let sum = 0;
  let count = 0;
  for (const position of targets(windows)) {
    sum -= baseline.logProbability(tokens[position - 1]!, tokens[position]!);
    count++;
  }
  return sum / count;
}

/** Nats per token as a score. The end of a document has to be predicted too, and counts no bytes. */
export function scoreOn(
  nats: number,
  tokens: Uint32Array,
  windows: Windows,
  bytesOf: (id: number) => number,
): Score {
  let bytes = 0;
  let count = 0;
  for (const position of targets(windows)) {
    bytes += bytesOf(tokens[position]!);
    count++;
  }
  return score(nats, count, bytes);
}
