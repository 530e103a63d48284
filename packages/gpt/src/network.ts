// The arithmetic of the GPT family, once, for training (whole sequences) and for decoding (a KV cache): the two differ only
// in the `attend` they pass in. What a model is made of stands in its configuration; see config.ts for each word of it.
// Dropout stands where nanoGPT has it: on the embedding, on the weights of attention, and at the end of each branch.
import {
  add,
  checkpoint,
  concat,
  dropout,
  embedding,
  layerNorm,
  linear,
  reshape,
  rmsNorm,
  ropeQkv,
  type SelfAttentionOptions,
  scale,
  slice,
  softcap,
  swiglu,
  Tensor,
} from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";
import { attentionWidths } from "./layout.js";

/** Keys of the random numbers of one training step: the same key draws the same dropout masks. */
export interface TrainingKey {
  seed: number;
  step: number;
}

/** What one pass through the blocks needs besides the ids. */
export interface Pass {
  config: CompleteGptConfig;
  weight: (name: string) => Tensor;
  /** What a norm multiplies by: the weight, with the config's offset added. */
  gain: (name: string) => Tensor;
  /** Position of the first id. */
  offset: number;
  /** The angles that a layer rotates by: (blockSize, rotaryDim). */
  angles: (layer: number) => Tensor;
  /** Causal attention of one layer: (B, T, q|k|v) -> (B, T, nHead headDim). Dropout of its weights is given in training only. */
  attend: (qkv: Tensor, layer: number, dropout?: SelfAttentionOptions["dropout"]) => Tensor;
  training?: TrainingKey | undefined;
  /** Keep only each block's input for the backward pass, and compute the block again there. */
  recompute?: boolean | undefined;
  /** Sees every activation as it is made, and may answer with another to go on with. */
  capture?: ((name: string, tensor: Tensor) => unknown) | undefined;
}

/** The forward pass, in its steps: `embed`, every `block`, `finalNorm`, `logits`. Training runs them at once, decoding may rest between. */
export function network(pass: Pass) {
  const { config, weight, training, recompute, capture } = pass;
  const { bias, mlp, position } = config;
  const keep = (name: string, tensor: Tensor) => {
    const other = capture?.(name, tensor);
    return other instanceof Tensor ? other : tensor;
  };
  const norm = (x: Tensor, name: string) => keep(name, normalise(x, pass, name));
  const project = (
    x: Tensor,
    name: string,
    biased: boolean,
    activation?: CompleteGptConfig["activation"],
  ) => {
    const shift = biased ? weight(`${name}.bias`) : null;
    return keep(name, linear(x, weight(`${name}.weight`), shift, activation ? { activation } : undefined));
  };
  // A stream for each place, not for each call: a block that is computed again must drop the same.
  const p = training ? config.dropout : 0;
  const drop = (x: Tensor, stream: number) => (p > 0 ? dropout(x, p, { ...training!, stream }) : x);
  const dropping = (stream: number) => (p > 0 ? { p, ...training!, stream } : undefined);

  const attention = (normed: Tensor, layer: number) => {
    const h = `h.${layer}`;
    let qkv = project(normed, `${h}.attn.c_attn`, bias.qkv); // (B, T, q|k|v)
    if (config.qkNorm === "before-rope") qkv = normQueriesAndKeys(qkv, pass, h);
    if (position !== "learned" && position[layer] === "rope") {
      const { nHead, nKvHead } = config;
      const { interleaved } = config.rope[layer]!;
      qkv = ropeQkv(qkv, pass.angles(layer), { nHead, nKvHead, interleaved, offset: pass.offset });
    }
    if (config.qkNorm === "after-rope") qkv = normQueriesAndKeys(qkv, pass, h);
    const mixed = keep(`${h}.attn`, pass.attend(qkv, layer, dropping(3 * layer + 1))); // (B, T, nHead headDim)
    const out = project(mixed, `${h}.attn.c_proj`, bias.attention); // (B, T, C)
    return drop(config.postNorm ? norm(out, `${h}.ln_1_post`) : out, 3 * layer + 2);
  };

  const feedForward = (normed: Tensor, layer: number) => {
    const h = `h.${layer}`;
    const { activation } = config;
    let wide = project(normed, `${h}.mlp.c_fc`, bias.mlp, mlp.kind === "plain" ? activation : undefined);
    if (mlp.kind === "gated") wide = keep(`${h}.mlp.gated`, swiglu(wide, { activation })); // (B, T, width)
    const out = project(wide, `${h}.mlp.c_proj`, bias.mlp); // (B, T, C)
    return drop(config.postNorm ? norm(out, `${h}.ln_2_post`) : out, 3 * layer + 3);
  };

  const block = (input: Tensor, layer: number) => {
    const h = `h.${layer}`;
    const normed = norm(input, `${h}.ln_1`);
    const x = keep(`${h}.residual_1`, add(input, attention(normed, layer)));
    const read = config.parallel ? normed : norm(x, `${h}.ln_2`);
    return keep(`${h}.residual_2`, add(x, feedForward(read, layer)));
  };

  return {
    /** Ids (B, T) to the residual stream (B, T, C). */
    embed(ids: Tensor): Tensor {
      const learned = position === "learned" ? { position: weight("wpe.weight"), offset: pass.offset } : {};
      let x = embedding(ids, weight("wte.weight"), learned);
      if (config.embeddingScale !== 1) x = scale(x, config.embeddingScale);
      if (config.embeddingNorm) x = unweighted(x, config);
      return keep("embedding", drop(x, 0));
    },

    /** The residual stream (B, T, C) through one block. */
    block(x: Tensor, layer: number): Tensor {
      return recompute && !capture ? checkpoint((input) => block(input, layer), [x]) : block(x, layer);
    },

    /** The residual stream (B, T, C), normed for the output head. */
    finalNorm: (x: Tensor): Tensor => norm(x, "ln_f"),

    /** The normed stream (B, T, C) to logits (B, T, V). */
    logits(normed: Tensor): Tensor {
      const table = weight(config.tied ? "wte.weight" : "lm_head.weight");
      const bias = config.bias.head ? weight("lm_head.bias") : null;
      const raw = linear(normed, table, bias, { transposed: true });
      return keep("logits", config.softcap > 0 ? softcap(raw, config.softcap) : raw);
    },
  };
}

/** Ids (B, T) through all blocks and the final norm: (B, T, C). */
export function hidden(ids: Tensor, pass: Pass): Tensor {
  const { embed, block, finalNorm } = network(pass);
  let x = embed(ids);
  for (let layer = 0; layer < pass.config.nLayer; layer++) x = block(x, layer);
  return finalNorm(x);
}

function normalise(x: Tensor, { config, weight, gain }: Pass, name: string): Tensor {
  if (!config.normWeight) return unweighted(x, config);
  const eps = config.normEps;
  if (config.norm === "rms") return rmsNorm(x, gain(`${name}.weight`), { eps });
  return layerNorm(x, gain(`${name}.weight`), config.bias.norm ? weight(`${name}.bias`) : null, { eps });
}

function unweighted(x: Tensor, { norm, normEps: eps }: CompleteGptConfig): Tensor {
  return norm === "rms" ? rmsNorm(x, null, { eps }) : layerNorm(x, null, null, { eps });
}

/** q|k|v with each head of q and k normed over its width. */
function normQueriesAndKeys(qkv: Tensor, pass: Pass, h: string): Tensor {
  const { headDim } = pass.config;
  const { q, kv } = attentionWidths(pass.config);
  const [B, T, width] = qkv.shape as [number, number, number];
  const normed = (start: number, end: number, name: string) => {
    const heads = reshape(slice(qkv, 2, start, end), [B, T, (end - start) / headDim, headDim]);
    return reshape(normalise(heads, pass, `${h}.attn.${name}`), [B, T, end - start]);
  };
  return concat([normed(0, q, "q_norm"), normed(q, q + kv, "k_norm"), slice(qkv, 2, q + kv, width)], 2);
}
