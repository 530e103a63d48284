import type { Rests } from "@llm/platform/rest";
import { accumulate, type Parameter, scale, scope, type Tensor, valueAndGrad } from "@llm/tensor";
import type { Batches } from "./data/batch.js";
import { type CountedBatch, countBatch } from "./data/count-batch.js";
import { DataError } from "./errors.js";
import { lossOf, type Scorable } from "./losses.js";

/** What a step computes from. */
export interface StepOptions {
  step: number;
  batchSize: number;
  blockSize: number;
  accumulation: number;
  seed: number;
  recompute: boolean;
}

/** The sum over a step's batches; the caller frees it. */
export interface StepGradients {
  readonly losses: Tensor[];
  readonly grads: Tensor[];
  /** What sums of `losses` and `grads` still have to be divided by. */
  readonly divisor: number;
}

/**
 * The gradients of one step, batch by batch. The step's loss is the sum of the losses of all targets that count, divided by
 * how many those are: batches in which fewer count weigh less.
 * @returns undefined when `signal` is aborted before the last batch; nothing is left then
 * @throws {DataError} when no target of the step counts
 */
export async function stepGradients(
  model: Scorable,
  parameters: readonly Parameter[],
  data: Batches,
  options: StepOptions,
  { rests, signal }: { rests: Rests; signal: AbortSignal | undefined },
): Promise<StepGradients | undefined> {
  const { step, accumulation, batchSize, blockSize, recompute, seed } = options;
  const shape = [batchSize, blockSize] as const;
  const batches = Array.from({ length: accumulation }, (_, micro) => {
    const key = { split: "train", step, micro, accumulation, batchSize, blockSize, seed };
    return countBatch(data.batch(key), batchSize * blockSize, `batch ${micro} of step ${step}`);
  });
  const count = batches.reduce((sum, batch) => sum + batch.count, 0);
  if (count === 0) throw new DataError(`no target of step ${step} counts; look at the masks of its batches`);
  // Where all targets count alike, the mean of the batches' means is the same, and saves a multiplication.
  const isPlain = batches.every(({ weights }) => weights === null);

  const losses: Tensor[] = [];
  let total: Tensor[] | undefined;
  const drop = () => dispose([...losses, ...(total ?? [])]);
  try {
    for (const [micro, batch] of batches.entries()) {
      await rests.take();
      if (signal?.aborted) {
        drop();
        return undefined;
      }
      if (batch.count === 0) continue;
      const training = { seed, step: step * accumulation + micro };
      const { value, grads } = scope(() =>
        valueAndGrad(() => {
          const loss = lossOf(model, isPlain ? batch : withWeights(batch), shape, { training, recompute });
          return isPlain ? loss : scale(loss, 1 / count);
        }, parameters),
      );
      losses.push(value);
      if (total) {
        for (const [i, grad] of grads.entries()) accumulate(total[i]!, grad);
        dispose(grads);
      } else {
        total = grads;
      }
    }
  } catch (error) {
    drop();
    throw error;
  }
  return { losses, grads: total!, divisor: isPlain ? accumulation : 1 };
}

/** A batch with its weights written out, so that its loss is a sum. */
function withWeights(batch: CountedBatch): CountedBatch {
  return batch.weights ? batch : { ...batch, weights: new Float32Array(batch.targets.length).fill(1) };
}

export function dispose(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}
