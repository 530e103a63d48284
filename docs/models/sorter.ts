import { mkdir } from "node:fs/promises";
import { Gpt } from "@llm/gpt";
import { uniform } from "@llm/sample";
import { adamw, scope, type Tensor, tensor, valueAndGrad, zeros } from "@llm/tensor";

/** A model of GPT-2's kind that sorts six letters: in the shape of minGPT's demonstration, which LLM Visualization shows. */
const sorter = {
  config: { vocabSize: 3, blockSize: 11, nLayer: 3, nHead: 3, nEmbd: 48 },
  letters: 6,
  steps: 600,
  rows: 64,
  lr: 2e-3,
  seed: 1,
} as const;

/** Trains it and writes its folder. @returns how many of all inputs the written model sorts right */
export async function makeSorter(folder: string): Promise<number> {
  const { config, letters, steps, rows, lr, seed } = sorter;
  const model = Gpt.create(config, { seed });
  const parameters = model.parameters();
  const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
  const numbers = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.01 };
  for (let step = 1; step <= steps; step++) {
    const batch = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: letters }, (_, i) =>
        Math.floor(config.vocabSize * uniform({ seed: 2, row, position: step * letters + i })),
      ),
    );
    // Slow at both ends: the first steps are large, and the last ones shall not undo what is right.
    const rate = lr * Math.min(1, step / 50, (2 * (steps - step)) / steps + 0.02);
    await scope(async () => {
      const { inputs, targets, mask } = exercises(batch);
      const { grads } = valueAndGrad(() => model.loss(inputs, targets, { mask }), parameters);
      const updates = parameters.map((parameter, i) => ({ parameter, grad: grads[i]!, state: states[i]! }));
      adamw(updates, { ...numbers, lr: rate, step });
    });
  }
  await mkdir(folder, { recursive: true });
  await model.save(folder, { dtype: "float16" });
  model.dispose();
  const written = await Gpt.load(folder);
  const right = await sortedRight(written);
  console.log(`sorter: ${right} of ${ALL_INPUTS.length} sorted right`);
  written.dispose();
  return right;
}

/** Every input there is. */
export const ALL_INPUTS: readonly (readonly number[])[] = Array.from(
  { length: sorter.config.vocabSize ** sorter.letters },
  (_, n) =>
    Array.from({ length: sorter.letters }, (_, i) => Math.floor(n / 3 ** i) % sorter.config.vocabSize),
);

/**
 * How many inputs a model sorts right when it always takes the likeliest letter: those whose every letter is the likeliest
 * after the right ones.
 */
export async function sortedRight(model: Gpt): Promise<number> {
  const { vocabSize } = model;
  const { inputs, targets, mask } = exercises(ALL_INPUTS);
  const logits = model.forward(inputs);
  const [scores, wanted, counts] = await Promise.all([logits.data(), targets.data(), mask.data()]);
  for (const each of [inputs, targets, mask, logits]) each.dispose();
  const likeliest = (at: number) => {
    const row = scores.subarray(at * vocabSize, (at + 1) * vocabSize);
    return row.indexOf(Math.max(...row));
  };
  const T = wanted.length / ALL_INPUTS.length;
  return ALL_INPUTS.filter((_, row) =>
    Array.from({ length: T }, (_, i) => row * T + i).every(
      (at) => counts[at] === 0 || likeliest(at) === wanted[at],
    ),
  ).length;
}

/** Inputs followed by their sorted letters; only these are to be learned, as the input's own follow no rule. */
function exercises(batch: readonly (readonly number[])[]): Record<"inputs" | "targets" | "mask", Tensor> {
  const { letters } = sorter;
  const rows = batch.map((input) => [...input, ...input.toSorted((a, b) => a - b)]); // (rows, 2 letters)
  const shape = [rows.length, 2 * letters - 1];
  const isLearned = rows.flatMap((row) => row.slice(1).map((_, i) => (i < letters - 1 ? 0 : 1)));
  return {
    inputs: tensor(
      rows.flatMap((row) => row.slice(0, -1)),
      shape,
      "int32",
    ),
    targets: tensor(
      rows.flatMap((row) => row.slice(1)),
      shape,
      "int32",
    ),
    mask: tensor(isLearned, shape),
  };
}
