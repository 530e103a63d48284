// What a model has learned, to read: one row of drawn ids. @llm/sample has more.
import type { Gpt } from "@llm/gpt";
import { rng } from "@llm/tensor";

/** Draws ids after `first` until the context is full. */
export async function sample(
  model: Gpt,
  { first, seed, temperature }: { first: number; seed: number; temperature: number },
): Promise<number[]> {
  const random = rng(seed);
  const session = model.session();
  const ids: number[] = [];
  while (session.length(0) < model.blockSize) {
    const [logits] = await session.step([{ row: 0, ids: [ids.at(-1) ?? first] }]);
    ids.push(draw(logits!, temperature, random()));
  }
  session.dispose();
  return ids;
}

/** Draws an id from softmax(logits / temperature). */
function draw(logits: Float32Array, temperature: number, uniform: number): number {
  const top = Math.max(...logits);
  const weights = Array.from(logits, (z) => Math.exp((z - top) / temperature));
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [id, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return id;
  }
  return weights.length - 1;
}
