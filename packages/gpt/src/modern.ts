import { check, checkArgument } from "./check.js";
import type { GptConfig } from "./config.js";

/** Options of {@link modern}. */
export interface ModernOptions {
  /** Default 32,768: what nanochat's tokenizer has. */
  vocabSize?: number;
  /** Default 2,048, nanochat's context. */
  blockSize?: number;
}

/**
 * nanochat's model (Karpathy, as of July 2026) with its one dial. From `depth`, its number of blocks, follow
 *
 * - nEmbd = 64 depth, rounded up to a whole number of heads: wider and deeper at once, at GPT-2's proportion (768 = 64 x 12);
 * - headDim = 128, what attention kernels are fastest with, and so nHead = nEmbd / 128; keys and values have as many heads;
 * - the MLP four times as wide as the stream, with ReLU squared, which leaves most of it at 0 (So et al., 2021);
 * - RoPE of base 100,000, for contexts of some thousands of positions; q and k normed after it, so that scores cannot grow
 *   without bound, and sharpened by 1.2 each;
 * - RMSNorm without weights, also of the embedding, with float32's epsilon as torch has it; no biases: parameters that
 *   little is lost without;
 * - an output head of its own, whose logits stay within 15 in size;
 * - windows in the pattern short, short, short, long, and a long one last: a short one sees a token and a quarter of the
 *   context before it, in steps of 128;
 * - value embeddings in every other layer, the last one among them, and residual scalars: capacity that costs few operations;
 * - nanochat's law for new weights.
 *
 * Two of nanochat's parts are not here: the smear of a token's embedding into the next position, and the subtraction of the
 * middle layer at the end. Its rotation turns the other way, which trains alike.
 * @throws {OptionsError} for a depth or an option that is no whole number above 0
 */
export function modern(depth: number, options: ModernOptions = {}): GptConfig {
  checkArgument("depth of modern", depth, "count");
  check("modern", options, { vocabSize: "count", blockSize: "count" });
  const { vocabSize = 32_768, blockSize = 2048 } = options;
  const headDim = 128;
  const nEmbd = Math.ceil((64 * depth) / headDim) * headDim;
  const layers = Array.from({ length: depth }, (_, layer) => layer);
  const short = Math.ceil(blockSize / 4 / 128) * 128 + 1;
  const isLong = (layer: number) => layer % 4 === 3 || layer === depth - 1 || short >= blockSize;
  return {
    vocabSize,
    blockSize,
    nLayer: depth,
    nHead: nEmbd / headDim,
    nEmbd,
    headDim,
    norm: "rms",
    normEps: 2 ** -23,
    normWeight: false,
    embeddingNorm: true,
    position: "rope",
    rope: { base: 100_000 },
    qkNorm: "after-rope",
    qkScale: 1.2,
    windows: layers.map((layer) => (isLong(layer) ? 0 : short)),
    valueEmbeddings: layers.map((layer) => layer % 2 === (depth - 1) % 2),
    residualScalars: true,
    activation: "relu2",
    bias: false,
    tied: false,
    softcap: 15,
    init: "nanochat",
  };
}
