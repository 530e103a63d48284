import { DataError } from "../errors.js";
import type { Batch } from "./batch.js";

/** Targets with this id never count, as in PyTorch and in @llm/tensor's `crossEntropy`. */
const IGNORED = -100;

/** A batch, and how its targets count in a loss. */
export interface CountedBatch extends Batch {
  /** How many count: what the sum of their losses is divided by. */
  readonly count: number;
  /** What each target's loss is multiplied by, 0 where it does not count; null: all count, and alike. */
  readonly weights: Float32Array | null;
}

/**
 * Looks at a batch of `size` targets before anything is computed from it.
 * @throws {DataError} for lists of another length, a mask that is neither 0 nor 1, a weight that is not finite
 */
export function countBatch(batch: Batch, size: number, of: string): CountedBatch {
  const { mask, weight, targets } = batch;
  for (const name of ["ids", "targets", "mask", "weight", "documents"] as const) {
    const length = batch[name]?.length;
    if (length !== size && (length !== undefined || name === "ids" || name === "targets")) {
      throw new DataError(
        `${name} of ${of} ${length === undefined ? "are missing" : `has ${length} values`}; batchSize x blockSize is ${size}`,
      );
    }
  }
  const weights = new Float32Array(size);
  let count = 0;
  let isPlain = true;
  for (let i = 0; i < size; i++) {
    const one = mask ? Number(mask[i]) : 1;
    if (one !== 0 && one !== 1) {
      throw new DataError(
        `mask of ${of} is ${one} at index ${i}; it must be 0 or 1, and \`weight\` may be anything`,
      );
    }
    const factor = weight ? weight[i]! : 1;
    if (!Number.isFinite(factor))
      throw new DataError(`weight of ${of} is ${factor} at index ${i}; it must be finite`);
    const counts = one === 1 && targets[i] !== IGNORED;
    if (counts) count++;
    weights[i] = counts ? factor : 0;
    isPlain &&= counts && factor === 1;
  }
  return { ...batch, count, weights: isPlain ? null : weights };
}
