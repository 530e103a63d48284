import type { Family } from "./family.js";
import { both, same } from "./rules.js";
import { activationName } from "./settings.js";

/** GPT-2 (Radford et al., 2019) and nanoGPT's form of it without biases. Its matrices are [in, out], as ours. */
export const gpt2: Family = {
  modelType: "gpt2",
  architecture: "GPT2LMHeadModel",
  prefix: "transformer.",
  alwaysBiased: true,
  ignored: /^h\.\d+\.attn\.(masked_)?bias$/,
  tensors: [
    same("wte.weight"),
    same("wpe.weight"),
    ...["ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"].flatMap((name) =>
      both(`h.{l}.${name}`),
    ),
    ...both("ln_f"),
    same("lm_head.weight"),
  ],
  read(settings) {
    settings.only("scale_attn_weights", true);
    settings.only("scale_attn_by_inverse_layer_idx", false);
    settings.only("add_cross_attention", false);
    const nEmbd = settings.number("n_embd", 768);
    const vocabSize = settings.number("vocab_size", 50_257);
    const width = settings.has("n_inner") ? { width: settings.number("n_inner") } : {};
    return {
      vocabSize,
      blockSize: settings.number("n_positions", settings.number("n_ctx", 1024)),
      nLayer: settings.number("n_layer", 12),
      nHead: settings.number("n_head", 12),
      nEmbd,
      mlp: width,
      activation: settings.activation("activation_function", "gelu_new"),
      bias: settings.flag("bias", true),
      dropout: settings.number("resid_pdrop", 0.1),
      normEps: settings.number("layer_norm_epsilon", 1e-5),
      tied: settings.flag("tie_word_embeddings", true),
      ...settings.endOfText(vocabSize),
    };
  },
  write(config) {
    const { nEmbd, mlp, dropout, endOfText = null } = config;
    return {
      vocab_size: config.vocabSize,
      n_positions: config.blockSize,
      n_ctx: config.blockSize,
      n_embd: nEmbd,
      n_layer: config.nLayer,
      n_head: config.nHead,
      n_inner: mlp.width === 4 * nEmbd ? null : mlp.width,
      activation_function: activationName(config.activation),
      layer_norm_epsilon: config.normEps,
      embd_pdrop: dropout,
      resid_pdrop: dropout,
      attn_pdrop: dropout,
      initializer_range: 0.02,
      scale_attn_weights: true,
      scale_attn_by_inverse_layer_idx: false,
      reorder_and_upcast_attn: false,
      tie_word_embeddings: config.tied,
      bos_token_id: endOfText,
      eos_token_id: endOfText,
      torch_dtype: "float32",
      use_cache: true,
      ...(config.bias.qkv ? {} : { bias: false }),
    };
  },
};
