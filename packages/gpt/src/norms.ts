// Norms by a model's configuration: of the residual stream, and of queries and keys.
import { concat, layerNorm, reshape, rmsNorm, slice, type Tensor } from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";
import { attentionWidths } from "./layout.js";
import type { Pass } from "./pass.js";

/** x normed over its last axis, by the weights of this name where the model's norms have any. */
export function normalise(x: Tensor, { config, weight, gain }: Pass, name: string): Tensor {
  if (!config.normWeight) return unweighted(x, config);
  const eps = config.normEps;
  if (config.norm === "rms") return rmsNorm(x, gain(`${name}.weight`), { eps });
  return layerNorm(x, gain(`${name}.weight`), config.bias.norm ? weight(`${name}.bias`) : null, { eps });
}

/** x normed over its last axis. */
export function unweighted(x: Tensor, { norm, normEps: eps }: CompleteGptConfig): Tensor {
  return norm === "rms" ? rmsNorm(x, null, { eps }) : layerNorm(x, null, null, { eps });
}

/** q|k|v with each head of q and k normed over its width. */
export function normQueriesAndKeys(qkv: Tensor, pass: Pass, h: string): Tensor {
  const { headDim } = pass.config;
  const { q, kv } = attentionWidths(pass.config);
  const [B, T, width] = qkv.shape as [number, number, number];
  const normed = (start: number, end: number, name: string) => {
    const heads = reshape(slice(qkv, 2, start, end), [B, T, (end - start) / headDim, headDim]);
    return reshape(normalise(heads, pass, `${h}.attn.${name}`), [B, T, end - start]);
  };
  return concat([normed(0, q, "q_norm"), normed(q, q + kv, "k_norm"), slice(qkv, 2, q + kv, width)], 2);
}
