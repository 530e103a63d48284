import type { Kinds } from "@llm/platform/options";
import { type Parameter, scope, type Tensor, tensor } from "@llm/tensor";
import type { Batches } from "./batches.js";
import { check, checkInputs } from "./check.js";

/** What `train` asks of a model. @llm/gpt's `Gpt` is one. */
export interface Trainable {
  /** Every weight to train, a tied one once. */
  parameters(): Parameter[];
  /**
   * Mean loss of targets (B, T) after ids (B, T), both int32: a scalar. `training` turns dropout on; `recompute` may
   * save memory by computing activations again in the backward pass.
   */
  loss(
    ids: Tensor,
    targets: Tensor,
    options?: { mask?: Tensor; training?: { seed: number; step: number }; recompute?: boolean },
  ): Tensor;
  /** Operations per token of training at context length T, for the utilisation. */
  flopsPerToken?(T: number): number;
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Batches per split. */
  batches: number;
  batchSize: number;
  blockSize: number;
  /** Default `["val"]`. */
  splits?: readonly string[];
  /** Default 0. */
  seed?: number;
}

const EVALUATE: Kinds<EvaluateOptions> = {
  batches: "count!",
  batchSize: "count!",
  blockSize: "count!",
  splits: "array",
  seed: "number",
};

/**
 * Mean loss by split, without dropout. The batches are the same at every call with equal options, so
 * two evaluations differ by the model alone.
 * @throws {OptionsError} for options it does not have, lacks or cannot use
 */
export async function evaluate(
  model: Trainable,
  data: Batches,
  options: EvaluateOptions,
): Promise<Record<string, number>> {
  checkInputs("evaluate", model, data);
  check("evaluate", options, EVALUATE);
  const { batches, batchSize, blockSize, splits = ["val"], seed = 0 } = options;
  const means: Record<string, number> = {};
  for (const split of splits) {
    let sum = 0;
    for (let micro = 0; micro < batches; micro++) {
      const batch = data.batch({ split, step: 0, micro, batchSize, blockSize, seed });
      const loss = scope(() =>
        model.loss(
          tensor(batch.ids, [batchSize, blockSize], "int32"),
          tensor(batch.targets, [batchSize, blockSize], "int32"),
        ),
      );
      sum += (await loss.data())[0]!;
      loss.dispose();
    }
    means[split] = sum / batches;
  }
  return means;
}
