import type { CompleteGptConfig } from "./config.js";

/** One weight of a model: its name, its shape, and the law it is drawn from. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation of the normal law around 0, or the constant every element starts at. */
  readonly init: { readonly std: number } | { readonly value: number };
}

/** Columns of a block's queries, keys and values. */
export function attentionWidths({ nHead, nKvHead, headDim }: CompleteGptConfig): { q: number; kv: number } {
  return { q: nHead * headDim, kv: nKvHead * headDim };
}

/**
 * Every weight, in the order of the forward pass, named as in the published GPT-2 files and beyond them alike. Matrices are
 * [in, out] (Conv1D); the embedding and an output head of its own are [vocabSize, nEmbd]. Queries, keys and values are columns
 * of one matrix, q|k|v, and so are the two halves of a gated MLP, the activated one first.
 *
 * Initialisation is GPT-2's: N(0, 0.02), and N(0, 0.02 / sqrt(2 nLayer)) for the two projections
 * that end in the residual stream, so that its variance does not grow with depth.
 */
export function layout(config: CompleteGptConfig): Weight[] {
  const { vocabSize, blockSize, nLayer, nEmbd, bias, headDim } = config;
  const { q, kv } = attentionWidths(config);
  const normal = { std: 0.02 };
  const residual = { std: 0.02 / Math.sqrt(2 * nLayer) };

  const norm = (name: string, width = nEmbd, biased = bias.norm): Weight[] => {
    if (!config.normWeight) return [];
    const gain = { name: `${name}.weight`, shape: [width], init: { value: 1 - config.normOffset } };
    return biased ? [gain, { name: `${name}.bias`, shape: [width], init: { value: 0 } }] : [gain];
  };
  const linear = (
    name: string,
    from: number,
    to: number,
    biased: boolean,
    init: Weight["init"],
  ): Weight[] => [
    { name: `${name}.weight`, shape: [from, to], init },
    ...(biased ? [{ name: `${name}.bias`, shape: [to], init: { value: 0 } }] : []),
  ];
  const { kind, width } = config.mlp;

  const weights: Weight[] = [{ name: "wte.weight", shape: [vocabSize, nEmbd], init: normal }];
  if (config.position === "learned") {
    weights.push({ name: "wpe.weight", shape: [blockSize, nEmbd], init: normal });
  }
  for (let layer = 0; layer < nLayer; layer++) {
    const h = `h.${layer}`;
    weights.push(
      ...norm(`${h}.ln_1`),
      ...linear(`${h}.attn.c_attn`, nEmbd, q + 2 * kv, bias.qkv, normal),
      ...(config.qkNorm === "none"
        ? []
        : [...norm(`${h}.attn.q_norm`, headDim), ...norm(`${h}.attn.k_norm`, headDim)]),
      ...linear(`${h}.attn.c_proj`, q, nEmbd, bias.attention, residual),
      ...(config.postNorm ? norm(`${h}.ln_1_post`) : []),
      ...(config.parallel ? [] : norm(`${h}.ln_2`)),
      ...linear(`${h}.mlp.c_fc`, nEmbd, kind === "gated" ? 2 * width : width, bias.mlp, normal),
      ...linear(`${h}.mlp.c_proj`, width, nEmbd, bias.mlp, residual),
      ...(config.postNorm ? norm(`${h}.ln_2_post`) : []),
    );
  }
  weights.push(...norm("ln_f"));
  if (!config.tied) weights.push({ name: "lm_head.weight", shape: [vocabSize, nEmbd], init: normal });
  if (bias.head) weights.push({ name: "lm_head.bias", shape: [vocabSize], init: { value: 0 } });
  return weights;
}

/** Elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
