// What nanochat adds to values and to the residual stream: the token itself, once more.
import {
  add,
  concat,
  embedding,
  linear,
  mul,
  reshape,
  scale,
  slice,
  softcap,
  type Tensor,
  tensor,
} from "@llm/tensor";
import { attentionWidths } from "./layout.js";
import type { Pass } from "./pass.js";

/**
 * What a token's id adds to its values: its row of the layer's table, each head's columns times a gate of their own,
 * 3 sigmoid(the first channels of the normed stream times a small matrix). nanochat's form (Karpathy, 2026) of value
 * residuals (Zhou et al., 2024).
 */
export function valueEmbedding(ids: Tensor, normed: Tensor, { config, weight }: Pass, h: string): Tensor {
  const { nKvHead, headDim } = config;
  const rows = embedding(ids, weight(`${h}.attn.value_embedding.weight`)); // (B, T, nKvHead headDim)
  const gate = weight(`${h}.attn.value_gate.weight`); // (channels, nKvHead)
  const channels = gate.shape[0]!;
  // Each head's column of the matrix is repeated for the columns it gates. 3 sigmoid(z) = 1.5 + 1.5 tanh(.75 z / 1.5).
  const repeat = tensor(new Float32Array(headDim).fill(0.75), [1, headDim]);
  const matrix = linear(reshape(gate, [channels * nKvHead, 1]), repeat);
  const z = linear(slice(normed, 2, 0, channels), reshape(matrix, [channels, nKvHead * headDim]));
  return add(scale(rows, 1.5), mul(softcap(z, 1.5), rows));
}

/** q|k|v with `rows` added to v. */
export function addToValues(qkv: Tensor, rows: Tensor, { config }: Pass): Tensor {
  const { q, kv } = attentionWidths(config);
  return concat([slice(qkv, 2, 0, q + kv), add(slice(qkv, 2, q + kv, q + 2 * kv), rows)], 2);
}

/** a x + b x0, where a and b are learned, one of each a layer. */
export function mixStreams(x: Tensor, x0: Tensor, { weight }: Pass, h: string): Tensor {
  const times = (name: string, stream: Tensor, residual: Tensor | null) =>
    linear(reshape(weight(`${h}.mix.${name}`), [1, 1]), reshape(stream, [1, stream.size]), null, {
      residual,
    });
  return reshape(times("x0_lambda", x0, times("resid_lambda", x, null)), x.shape);
}
