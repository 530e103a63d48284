// The arithmetic of GPT-2, once, for training (whole sequences) and for decoding (a KV cache):
// the two differ only in the `attend` they pass in. Dropout stands where nanoGPT has it: on the
// embedding, on the weights of attention, and at the end of each branch.
import {
  add,
  checkpoint,
  dropout,
  embedding,
  layerNorm,
  linear,
  type SelfAttentionOptions,
  type Tensor,
} from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";

/** Keys of the random numbers of one training step: the same key draws the same dropout masks. */
export interface TrainingKey {
  seed: number;
  step: number;
}

/** What one pass through the blocks needs besides the ids. */
export interface Pass {
  config: CompleteGptConfig;
  weight: (name: string) => Tensor;
  /** Position of the first id. */
  offset: number;
  /** Causal attention of one layer: (B, T, 3C) -> (B, T, C). Dropout of its weights is given in training only. */
  attend: (qkv: Tensor, layer: number, dropout?: SelfAttentionOptions["dropout"]) => Tensor;
  training?: TrainingKey | undefined;
  /** Keep only each block's input for the backward pass, and compute the block again there. */
  recompute?: boolean | undefined;
  capture?: ((name: string, tensor: Tensor) => void) | undefined;
}

/** Ids (B, T) through all blocks: the residual stream (B, T, C), before the final LayerNorm. */
export function blocks(ids: Tensor, pass: Pass): Tensor {
  const { config, weight, training, recompute, capture } = pass;
  const bias = (name: string) => (config.bias ? weight(`${name}.bias`) : null);
  const keep = (name: string, tensor: Tensor) => {
    capture?.(name, tensor);
    return tensor;
  };
  const norm = (x: Tensor, name: string) => keep(name, normalise(x, pass, name));
  const project = (x: Tensor, name: string, activation?: CompleteGptConfig["activation"]) =>
    keep(name, linear(x, weight(`${name}.weight`), bias(name), activation ? { activation } : undefined));
  // A stream for each place, not for each call: a block that is computed again must drop the same.
  const dropping = (stream: number) =>
    training && config.dropout > 0 ? { p: config.dropout, ...training, stream } : undefined;
  const drop = (x: Tensor, stream: number) => {
    const key = dropping(stream);
    return key ? dropout(x, key.p, key) : x;
  };
  const block = (input: Tensor, layer: number) => {
    const h = `h.${layer}`;
    const stream = 3 * layer + 1;
    const qkv = project(norm(input, `${h}.ln_1`), `${h}.attn.c_attn`); // (B, T, 3C)
    const mixed = keep(`${h}.attn`, pass.attend(qkv, layer, dropping(stream))); // (B, T, C)
    const attended = drop(project(mixed, `${h}.attn.c_proj`), stream + 1);
    const x = keep(`${h}.residual_1`, add(input, attended));
    const wide = project(norm(x, `${h}.ln_2`), `${h}.mlp.c_fc`, config.activation); // (B, T, 4C)
    return keep(`${h}.residual_2`, add(x, drop(project(wide, `${h}.mlp.c_proj`), stream + 2)));
  };

  const position = weight("wpe.weight");
  let x = drop(embedding(ids, weight("wte.weight"), { position, offset: pass.offset }), 0); // (B, T, C)
  keep("embedding", x);
  for (let layer = 0; layer < config.nLayer; layer++) {
    x = recompute && !capture ? checkpoint((input) => block(input, layer), [x]) : block(x, layer);
  }
  return x;
}

/** The residual stream (B, T, C) to logits (B, T, V): the final LayerNorm, then the embedding table as output head. */
export function head(x: Tensor, pass: Pass): Tensor {
  const normed = normalise(x, pass, "ln_f");
  pass.capture?.("ln_f", normed);
  const logits = linear(normed, pass.weight("wte.weight"), null, { transposed: true });
  pass.capture?.("logits", logits);
  return logits;
}

function normalise(x: Tensor, { config, weight }: Pass, name: string): Tensor {
  const bias = config.bias ? weight(`${name}.bias`) : null;
  return layerNorm(x, weight(`${name}.weight`), bias, { eps: config.normEps });
}
