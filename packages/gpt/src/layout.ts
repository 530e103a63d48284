import type { CompleteGptConfig } from "./config.js";

/** One weight of a model: its name, its shape, and the law it is drawn from. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation of the normal law around 0, or a uniform law's borders, or the constant every element starts at. */
  readonly init:
    | { readonly std: number }
    | { readonly low: number; readonly high: number }
    | { readonly value: number };
}

/** Columns of a block's queries, keys and values. */
export function attentionWidths({ nHead, nKvHead, headDim }: CompleteGptConfig): { q: number; kv: number } {
  return { q: nHead * headDim, kv: nKvHead * headDim };
}

/** Bytes of a layer's keys and values in a cache, in float32. */
export function cacheBytesOfLayer(config: CompleteGptConfig, rows: number, positions: number): number {
  return 4 * 2 * rows * positions * attentionWidths(config).kv;
}

/**
 * Every weight, in the order of the forward pass, named as in the published GPT-2 files and beyond them alike. Matrices are
 * [in, out] (Conv1D); the embedding and an output head of its own are [vocabSize, nEmbd]. Queries, keys and values are columns
 * of one matrix, q|k|v, and so are the two halves of a gated MLP, the activated one first.
 *
 * New weights are GPT-2's: N(0, 0.02), and N(0, 0.02 / sqrt(2 nLayer)) for the two projections
 * that end in the residual stream, so that its variance does not grow with depth. Or nanochat's: those two are 0, so that a
 * block adds nothing at first; the others are uniform with variance 1 / nEmbd, which keeps a normed input's, the MLP's
 * 0.4 times as wide; N(0, 0.8) in the embedding and N(0, 0.001) in the head, which gives all tokens about the same logit.
 */
export function layout(config: CompleteGptConfig): Weight[] {
  const { vocabSize, blockSize, nLayer, nEmbd, bias, headDim } = config;
  const { q, kv } = attentionWidths(config);
  const { table, head, matrix, wide, residual } = laws(config);

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

  const weights: Weight[] = [{ name: "wte.weight", shape: [vocabSize, nEmbd], init: table }];
  if (config.position === "learned") {
    weights.push({ name: "wpe.weight", shape: [blockSize, nEmbd], init: { std: 0.02 } });
  }
  for (let layer = 0; layer < nLayer; layer++) {
    const h = `h.${layer}`;
    const depth = layer / Math.max(nLayer - 1, 1);
    if (config.residualScalars) weights.push(...scalars(`${h}.mix`, depth));
    weights.push(
      ...norm(`${h}.ln_1`),
      ...linear(`${h}.attn.c_attn`, nEmbd, q + 2 * kv, bias.qkv, matrix),
      ...(config.valueEmbeddings[layer] ? valueWeights(`${h}.attn`, config, matrix) : []),
      ...(config.qkNorm === "none"
        ? []
        : [...norm(`${h}.attn.q_norm`, headDim), ...norm(`${h}.attn.k_norm`, headDim)]),
      ...linear(`${h}.attn.c_proj`, q, nEmbd, bias.attention, residual),
      ...(config.postNorm ? norm(`${h}.ln_1_post`) : []),
      ...(config.parallel ? [] : norm(`${h}.ln_2`)),
      ...linear(`${h}.mlp.c_fc`, nEmbd, kind === "gated" ? 2 * width : width, bias.mlp, wide),
      ...linear(`${h}.mlp.c_proj`, width, nEmbd, bias.mlp, residual),
      ...(config.postNorm ? norm(`${h}.ln_2_post`) : []),
    );
  }
  weights.push(...norm("ln_f"));
  if (!config.tied) weights.push({ name: "lm_head.weight", shape: [vocabSize, nEmbd], init: head });
  if (bias.head) weights.push({ name: "lm_head.bias", shape: [vocabSize], init: { value: 0 } });
  return weights;
}

/** The laws of new matrices, by place. */
function laws({ init, tied, nEmbd, nLayer }: CompleteGptConfig) {
  const normal = { std: 0.02 };
  if (init === "gpt2") {
    const residual = { std: 0.02 / Math.sqrt(2 * nLayer) };
    return { table: normal, head: normal, matrix: normal, wide: normal, residual };
  }
  const uniform = (share: number) => ({
    low: -share * Math.sqrt(3 / nEmbd),
    high: share * Math.sqrt(3 / nEmbd),
  });
  return {
    table: tied ? normal : { std: 0.8 },
    head: { std: 0.001 },
    matrix: uniform(1),
    wide: uniform(0.4),
    residual: { value: 0 },
  };
}

/** nanochat's values, from the first block (depth 0) to the last (depth 1). */
const scalars = (name: string, depth: number): Weight[] => [
  { name: `${name}.resid_lambda`, shape: [1], init: { value: 1.15 - 0.1 * depth } },
  { name: `${name}.x0_lambda`, shape: [1], init: { value: 0.2 - 0.15 * depth } },
];

/** The gate starts a little above 1.5, its middle. */
function valueWeights(name: string, config: CompleteGptConfig, init: Weight["init"]): Weight[] {
  const { vocabSize, nEmbd, nKvHead } = config;
  const channels = Math.min(12, nEmbd);
  return [
    { name: `${name}.value_embedding.weight`, shape: [vocabSize, attentionWidths(config).kv], init },
    { name: `${name}.value_gate.weight`, shape: [channels, nKvHead], init: { low: 0, high: 0.02 } },
  ];
}

/** Elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
