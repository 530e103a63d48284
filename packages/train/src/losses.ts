import { scope, type Tensor, tensor } from "@llm/tensor";
import type { CountedBatch } from "./data/count-batch.js";

/** What training and evaluation ask of a model. @llm/gpt's `Gpt` is one. */
export interface Scorable {
  /**
   * Cross-entropy of targets (B, T) after ids (B, T), both int32: a scalar. Without `mask` the mean over all targets; with
   * it, and `reduction: "sum"`, the sum of `mask` (B, T) times each target's loss. Where the targets hold -100 nothing counts.
   * `training` turns dropout on; `recompute` may save memory by computing activations again in the backward pass.
   */
  loss(ids: Tensor, targets: Tensor, options?: LossOptions): Tensor;
}

/** Options of a model's loss. */
export interface LossOptions {
  mask?: Tensor;
  /** For each position of (B, T), where in its row its document begins; documents do not see each other. */
  documents?: ArrayLike<number>;
  reduction?: "mean" | "sum";
  training?: { seed: number; step: number };
  recompute?: boolean;
}

/**
 * The loss of a batch: the mean over its targets where all count alike, and otherwise the sum over those that count. To be
 * called within a scope.
 */
export function lossOf(
  model: Scorable,
  { ids: from, targets: next, weights, documents }: CountedBatch,
  shape: readonly [batchSize: number, blockSize: number],
  options: Pick<LossOptions, "training" | "recompute"> = {},
): Tensor {
  const ids = tensor(from, shape, "int32");
  const targets = tensor(next, shape, "int32");
  const how = documents ? { ...options, documents } : options;
  if (!weights) return model.loss(ids, targets, how);
  return model.loss(ids, targets, { ...how, mask: tensor(weights, shape), reduction: "sum" });
}

/** The sum of a batch's losses over the targets that count, in nats. */
export async function sumOfLosses(
  model: Scorable,
  batch: CountedBatch,
  shape: readonly [batchSize: number, blockSize: number],
): Promise<number> {
  const loss = scope(() => lossOf(model, batch, shape));
  const [value] = await loss.data();
  loss.dispose();
  return batch.weights ? value! : value! * batch.count;
}
