import type { Rests } from "@llm/platform/rest";
import { accumulate, type Parameter, scale, scope, type Tensor, valueAndGrad } from "@llm/tensor";
import type { Batches } from "./data/batch.js";
import { type CountedBatch, countBatch } from "./data/count-batch.js";
import { DataError } from "./errors.js";
import { lossOf, type Scorable } from "./losses.js";
import { type Sums, sumGradients } from "./processes/sum-gradients.js";
import type { Team } from "./processes/team.js";

/** What a step computes from. */
export interface StepOptions {
  step: number;
  batchSize: number;
  blockSize: number;
  accumulation: number;
  seed: number;
  recompute: boolean;
}

/**
 * The gradients of one step, batch by batch, summed over all processes. The step's loss is the sum of the losses of all
 * targets that count, divided by how many those are: batches in which fewer count weigh less. Sums are in units of a full
 * batch, so that the mean over a batch where all count alike is its sum already.
 * @returns undefined when `signal` is aborted before the last batch, or another process has left; nothing is left then
 * @throws {DataError} when no target of the step counts
 */
export async function stepGradients(
  model: Scorable,
  parameters: readonly Parameter[],
  data: Batches,
  options: StepOptions,
  { rests, signal, team }: { rests: Rests; signal: AbortSignal | undefined; team: Team | undefined },
): Promise<Sums | undefined> {
  const { step, accumulation, batchSize, blockSize, recompute, seed } = options;
  const { rank, world } = team ?? { rank: 0, world: 1 };
  const shape = [batchSize, blockSize] as const;
  const size = batchSize * blockSize;
  const batches: CountedBatch[] = [];
  for (let micro = 0; micro < accumulation; micro++) {
    await rests.take();
    if (signal?.aborted) return undefined;
    const key = { split: "train", step, micro, accumulation, batchSize, blockSize, seed, rank, world };
    batches.push(countBatch(data.batch(key), size, `batch ${micro} of step ${step}`));
  }
  const divisor = batches.reduce((sum, batch) => sum + batch.count, 0) / size;

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
      const training = { seed, step: (step * accumulation + micro) * world + rank };
      const { value, grads } = scope(() =>
        valueAndGrad(() => {
          const loss = lossOf(model, batch, shape, { training, recompute });
          return batch.weights ? scale(loss, 1 / size) : loss;
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
  const own = { losses, grads: total ?? [], divisor };
  const sums = team ? await sumGradients(team, own, parameters) : own;
  if (sums?.divisor === 0) {
    dispose([...sums.losses, ...sums.grads]);
    throw new DataError(`no target of step ${step} counts; look at the masks of its batches`);
  }
  return sums;
}

export function dispose(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}
