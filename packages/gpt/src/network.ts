// The arithmetic of the GPT family, once, for training (whole sequences) and for decoding (a KV cache): the two differ only
// in the `attend` they pass in. What a model is made of stands in its configuration; see config.ts for each word of it.
// Dropout stands where nanoGPT has it: on the embedding, on the weights of attention, and at the end of each branch.
import {
  type Activation,
  add,
  checkpoint,
  dropout,
  ropeQkv,
  scale,
  softcap,
  swiglu,
  Tensor,
} from "@llm/tensor";
import { normalise, normQueriesAndKeys, unweighted } from "./norms.js";
import type { Origin, Pass } from "./pass.js";
import { addToValues, mixStreams, valueEmbedding } from "./value-embeddings.js";

/** The forward pass, in its steps: `embed`, every `block`, `finalNorm`, `logits`. Training runs them at once, decoding may rest between. */
export function network(pass: Pass) {
  const { config, weight, training, recompute, capture } = pass;
  const { bias, mlp, position } = config;
  const places = () => (pass.positions ? { positions: pass.positions() } : {});
  const keep = (name: string, tensor: Tensor) => {
    const other = capture?.(name, tensor);
    return other instanceof Tensor ? other : tensor;
  };
  const norm = (x: Tensor, name: string) => keep(name, normalise(x, pass, name));
  const project = (x: Tensor, name: string, biased: boolean, activation?: Activation) =>
    keep(name, pass.product(x, name, { bias: biased ? weight(`${name}.bias`) : null, activation, training }));
  // A stream for each place, not for each call: a block that is computed again must drop the same.
  const p = training ? config.dropout : 0;
  const drop = (x: Tensor, stream: number) => (p > 0 ? dropout(x, p, { ...training!, stream }) : x);
  const dropping = (stream: number) => (p > 0 ? { p, ...training!, stream } : undefined);

  const attention = (normed: Tensor, layer: number, ids: Tensor) => {
    const h = `h.${layer}`;
    let qkv = project(normed, `${h}.attn.c_attn`, bias.qkv); // (B, T, q|k|v)
    if (config.valueEmbeddings[layer]) {
      const rows = keep(`${h}.attn.value_embedding`, valueEmbedding(ids, normed, pass, h));
      qkv = addToValues(qkv, rows, pass);
    }
    if (config.qkNorm === "before-rope") qkv = normQueriesAndKeys(qkv, pass, h);
    if (position !== "learned" && position[layer] === "rope") {
      const { nHead, nKvHead } = config;
      const { interleaved } = config.rope[layer]!;
      qkv = ropeQkv(qkv, pass.angles(layer), { nHead, nKvHead, interleaved, ...places() });
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

  const block = (input: Tensor, layer: number, { ids, x0 }: Origin) => {
    const h = `h.${layer}`;
    const mixed = config.residualScalars ? keep(`${h}.mix`, mixStreams(input, x0, pass, h)) : input;
    const normed = norm(mixed, `${h}.ln_1`);
    const x = keep(`${h}.residual_1`, add(mixed, attention(normed, layer, ids)));
    const read = config.parallel ? normed : norm(x, `${h}.ln_2`);
    return keep(`${h}.residual_2`, add(x, feedForward(read, layer)));
  };

  return {
    /** Ids (B, T) to the residual stream (B, T, C). */
    embed(ids: Tensor): Tensor {
      const learned = position === "learned" ? { position: weight("wpe.weight"), ...places() } : {};
      let x = pass.lookUp(ids, learned);
      if (config.embeddingScale !== 1) x = scale(x, config.embeddingScale);
      if (config.embeddingNorm) x = unweighted(x, config);
      return keep("embedding", drop(x, 0));
    },

    /** The residual stream (B, T, C) through one block. */
    block(x: Tensor, layer: number, origin: Origin): Tensor {
      if (!recompute || capture) return block(x, layer, origin);
      return checkpoint((input, ids, x0) => block(input, layer, { ids, x0 }), [x, origin.ids, origin.x0]);
    },

    /** The residual stream (B, T, C), normed for the output head. */
    finalNorm: (x: Tensor): Tensor => norm(x, "ln_f"),

    /** The normed stream (B, T, C) to logits (B, T, V). */
    logits(normed: Tensor): Tensor {
      const bias = config.bias.head ? weight("lm_head.bias") : null;
      const name = config.tied ? "wte" : "lm_head";
      const raw = pass.product(normed, name, { bias, transposed: true, training });
      return keep("logits", config.softcap > 0 ? softcap(raw, config.softcap) : raw);
    },
  };
}

/** Ids (B, T) through all blocks and the final norm: (B, T, C). */
export function hidden(ids: Tensor, pass: Pass): Tensor {
  const { embed, block, finalNorm } = network(pass);
  const x0 = embed(ids);
  let x = x0;
  for (let layer = 0; layer < pass.config.nLayer; layer++) x = block(x, layer, { ids, x0 });
  return finalNorm(x);
}
