import { mkdir } from "node:fs/promises";
import { Gpt } from "@llm/gpt";
import { uniform } from "@llm/sample";
import { repeatedTokens } from "@llm/sample/evaluation";
import { adamw, scope, tensor, valueAndGrad, zeros } from "@llm/tensor";

/** A model that learns to copy: random tokens that come again, so that an induction head forms (Olsson et al., 2022). */
export const copier = {
  config: { vocabSize: 32, blockSize: 64, nLayer: 2, nHead: 4, nEmbd: 64, position: "rope" },
  steps: 2000,
  rows: 32,
  half: 24,
  /** The fewest tokens before they come again. It differs by row, so that a place tells nothing. */
  least: 6,
  seed: 1,
} as const;

/** Trains it and writes its folder. @returns the mean losses on tokens that are new and on those that come again */
export async function makeCopier(folder: string): Promise<{ first: number; second: number }> {
  const { config, steps, rows, half, least, seed } = copier;
  const model = Gpt.create(config, { seed });
  const parameters = model.parameters();
  const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
  const numbers = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.01 };
  const T = 2 * half - 1;
  for (let step = 1; step <= steps; step++) {
    const batch = Array.from({ length: rows }, (_, row) =>
      repeating(row, step, half, least, config.vocabSize),
    );
    const inputs = batch.flatMap((ids) => ids.slice(0, -1));
    const targets = batch.flatMap((ids) => ids.slice(1));
    await scope(async () => {
      const { grads } = valueAndGrad(
        () => model.loss(tensor(inputs, [rows, T], "int32"), tensor(targets, [rows, T], "int32")),
        parameters,
      );
      const updates = parameters.map((parameter, i) => ({ parameter, grad: grads[i]!, state: states[i]! }));
      adamw(updates, { ...numbers, lr: 2e-3 * Math.min(1, step / 100), step });
    });
  }
  const { first, second } = await repeatedTokens(model, { length: half, sequences: 64, seed: 9 });
  console.log(
    `copier: ${first.mean.toFixed(2)} nats on new tokens, ${second.mean.toFixed(2)} when they come again`,
  );
  await mkdir(folder, { recursive: true });
  await model.save(folder, { dtype: "float16" });
  model.dispose();
  return { first: first.mean, second: second.mean };
}

/** A row of random ids that come again after a random number of them. */
function repeating(row: number, step: number, half: number, least: number, vocabSize: number): number[] {
  const ids = Array.from({ length: half }, (_, i) =>
    Math.floor(vocabSize * uniform({ seed: 2, row, position: step * half + i })),
  );
  const period = least + Math.floor((half + 1 - least) * uniform({ seed: 3, row, position: step }));
  return Array.from({ length: 2 * half }, (_, i) => ids[i % period]!);
}
