import { type Parameter, rng, type Tensor, tensor, write } from "@llm/tensor";
import { Gpt, type GptConfig } from "../../src/index.js";

const small = { vocabSize: 23, blockSize: 16, nLayer: 2, nHead: 4, nEmbd: 16 } as const;
const rms = { norm: "rms", bias: false, mlp: { kind: "gated", width: 20 }, activation: "silu" } as const;

/** One configuration for each way in which the families differ. */
export const configs: Record<string, GptConfig> = {
  gpt2: small,
  "llama, rope stretched": {
    ...small,
    ...rms,
    nKvHead: 2,
    tied: false,
    position: "rope",
    rope: {
      scaling: { type: "llama3", factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalBlockSize: 8 },
    },
  },
  "gemma 2": {
    ...small,
    ...rms,
    nKvHead: 1,
    headDim: 6,
    activation: "gelu",
    normOffset: 1,
    postNorm: true,
    position: "rope",
    windows: [3, 0],
    attentionSoftcap: 2,
    softcap: 3,
    embeddingScale: 4,
    attentionScale: 0.7,
  },
  phi: {
    ...small,
    parallel: true,
    tied: false,
    position: "rope",
    rope: { rotaryDim: 2, interleaved: true },
    bias: { norm: true, qkv: true, attention: true, mlp: true, head: true },
    activation: "gelu-erf",
  },
  "qk-norm before the rotation": {
    ...small,
    ...rms,
    nKvHead: 2,
    headDim: 8,
    qkNorm: "before-rope",
    position: "rope",
    rope: { scaling: { type: "yarn", factor: 4, originalBlockSize: 4 } },
  },
  "qk-norm after the rotation": {
    ...small,
    norm: "rms",
    normWeight: false,
    bias: false,
    embeddingNorm: true,
    activation: "relu2",
    qkNorm: "after-rope",
    qkScale: 1.2,
    tied: false,
    position: ["rope", "none"],
  },
  "value embeddings and residual scalars": {
    ...small,
    nKvHead: 2,
    valueEmbeddings: [false, true],
    residualScalars: true,
  },
};

/** A model whose weights are all drawn, so that no gain is 1 and no bias 0. */
export function drawn(config: GptConfig, seed = 1): Gpt {
  const model = Gpt.create(config, { seed });
  for (const [i, weight] of model.parameters().entries()) randomise(weight, seed + i);
  return model;
}

function randomise(weight: Parameter, seed: number): void {
  const next = rng(seed);
  write(
    weight,
    Float64Array.from({ length: weight.size }, () => 0.8 * (next() - 0.5)),
  );
}

/** Ids of two rows of 7 positions. */
export const someIds = (): Tensor => tensor([1, 5, 22, 0, 9, 9, 3, 7, 2, 2, 14, 20, 11, 6], [2, 7], "int32");
