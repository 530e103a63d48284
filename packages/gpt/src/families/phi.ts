import type { Family } from "./family.js";
import { readRope, writeRope } from "./rope.js";
import { linear, named, queriesKeysValues } from "./rules.js";
import { activationName } from "./settings.js";

const h = "h.{l}";
const layer = "model.layers.{l}";
const norm = (ours: string, theirs: string) => [
  named(`${ours}.weight`, `${theirs}.weight`),
  named(`${ours}.bias`, `${theirs}.bias`),
];

/** Phi-1 and 2: attention and MLP side by side on one LayerNorm, part of each head rotated, biases everywhere. */
export const phi: Family = {
  modelType: "phi",
  architecture: "PhiForCausalLM",
  prefix: "",
  ignored: /\.rotary_emb\.inv_freq$/,
  tensors: [
    named("wte.weight", "model.embed_tokens.weight"),
    ...norm(`${h}.ln_1`, `${layer}.input_layernorm`),
    ...queriesKeysValues(`${h}.attn.c_attn`, `${layer}.self_attn`),
    ...norm(`${h}.attn.q_norm`, `${layer}.self_attn.q_layernorm`),
    ...norm(`${h}.attn.k_norm`, `${layer}.self_attn.k_layernorm`),
    ...linear(`${h}.attn.c_proj`, `${layer}.self_attn.dense`),
    ...linear(`${h}.mlp.c_fc`, `${layer}.mlp.fc1`),
    ...linear(`${h}.mlp.c_proj`, `${layer}.mlp.fc2`),
    ...norm("ln_f", "model.final_layernorm"),
    named("lm_head.weight", "lm_head.weight"),
    named("lm_head.bias", "lm_head.bias"),
  ],
  read(settings) {
    const vocabSize = settings.number("vocab_size", 51_200);
    const blockSize = settings.number("max_position_embeddings", 2048);
    const nHead = settings.number("num_attention_heads", 32);
    const nEmbd = settings.number("hidden_size", 2048);
    const headDim = Math.trunc(nEmbd / nHead);
    return {
      vocabSize,
      blockSize,
      nLayer: settings.number("num_hidden_layers", 24),
      nHead,
      nEmbd,
      nKvHead: settings.number("num_key_value_heads", nHead),
      headDim,
      normEps: settings.number("layer_norm_eps", 1e-5),
      parallel: true,
      position: "rope",
      rope: readRope(settings, { headDim, blockSize, base: 10_000, share: 0.5 }),
      qkNorm: settings.flag("qk_layernorm", false) ? "before-rope" : "none",
      mlp: { width: settings.number("intermediate_size", 8192) },
      activation: settings.activation("hidden_act", "gelu_new"),
      bias: { norm: true, qkv: true, attention: true, mlp: true, head: true },
      tied: settings.flag("tie_word_embeddings", false),
      dropout: settings.number("resid_pdrop", 0),
      ...settings.endOfText(vocabSize),
    };
  },
  write: (config) => ({
    vocab_size: config.vocabSize,
    hidden_size: config.nEmbd,
    intermediate_size: config.mlp.width,
    num_hidden_layers: config.nLayer,
    num_attention_heads: config.nHead,
    num_key_value_heads: config.nKvHead,
    resid_pdrop: config.dropout,
    embd_pdrop: config.dropout,
    attention_dropout: 0,
    hidden_act: activationName(config.activation),
    max_position_embeddings: config.blockSize,
    initializer_range: 0.02,
    layer_norm_eps: config.normEps,
    use_cache: true,
    tie_word_embeddings: config.tied,
    qk_layernorm: config.qkNorm !== "none",
    bos_token_id: null,
    eos_token_id: config.endOfText ?? null,
    torch_dtype: "float32",
    ...writeRope(config.rope[0] ?? {}, config.headDim),
  }),
};
