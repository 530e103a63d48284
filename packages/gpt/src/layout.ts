import type { CompleteGptConfig } from "./config.js";

/** One weight of a model: its Hugging Face name, its shape, and the law it is drawn from. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation of the normal law around 0, or the constant every element starts at. */
  readonly init: { readonly std: number } | { readonly value: number };
}

/**
 * Every weight, in the order of the forward pass, named as in the published GPT-2 files.
 * Matrices are [in, out] (Conv1D), and the output head is `wte.weight` itself.
 *
 * Initialisation is GPT-2's: N(0, 0.02), and N(0, 0.02 / sqrt(2 nLayer)) for the two projections
 * that end in the residual stream, so that its variance does not grow with depth.
 */
export function layout(config: CompleteGptConfig): Weight[] {
  const { vocabSize, blockSize, nLayer, nEmbd, bias } = config;
  const normal = { std: 0.02 };
  const residual = { std: 0.02 / Math.sqrt(2 * nLayer) };

  const norm = (name: string): Weight[] => [
    { name: `${name}.weight`, shape: [nEmbd], init: { value: 1 } },
    ...(bias ? [{ name: `${name}.bias`, shape: [nEmbd], init: { value: 0 } }] : []),
  ];
  const linear = (name: string, from: number, to: number, init: Weight["init"]): Weight[] => [
    { name: `${name}.weight`, shape: [from, to], init },
    ...(bias ? [{ name: `${name}.bias`, shape: [to], init: { value: 0 } }] : []),
  ];

  const weights: Weight[] = [
    { name: "wte.weight", shape: [vocabSize, nEmbd], init: normal },
    { name: "wpe.weight", shape: [blockSize, nEmbd], init: normal },
  ];
  for (let layer = 0; layer < nLayer; layer++) {
    weights.push(
      ...norm(`h.${layer}.ln_1`),
      ...linear(`h.${layer}.attn.c_attn`, nEmbd, 3 * nEmbd, normal),
      ...linear(`h.${layer}.attn.c_proj`, nEmbd, nEmbd, residual),
      ...norm(`h.${layer}.ln_2`),
      ...linear(`h.${layer}.mlp.c_fc`, nEmbd, 4 * nEmbd, normal),
      ...linear(`h.${layer}.mlp.c_proj`, 4 * nEmbd, nEmbd, residual),
    );
  }
  weights.push(...norm("ln_f"));
  return weights;
}

/** Elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
