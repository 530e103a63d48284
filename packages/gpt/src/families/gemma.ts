// Gemma 2 and 3: four norms a block that multiply by 1 + weight, scaled embeddings, windows in most layers, and caps (2) or
// a norm of queries and keys (3).
import type { CompleteGptConfig, GptConfig } from "../config.js";
import type { Family, TensorRule } from "./family.js";
import { readParameters, readRope, writeParameters, writeRope } from "./rope.js";
import { gateAndUp, linear, named, queriesKeysValues } from "./rules.js";
import { activationName, type Settings } from "./settings.js";

const h = "h.{l}";
const layer = "model.layers.{l}";

const tensors: readonly TensorRule[] = [
  named("wte.weight", "model.embed_tokens.weight"),
  named(`${h}.ln_1.weight`, `${layer}.input_layernorm.weight`),
  ...queriesKeysValues(`${h}.attn.c_attn`, `${layer}.self_attn`),
  named(`${h}.attn.q_norm.weight`, `${layer}.self_attn.q_norm.weight`),
  named(`${h}.attn.k_norm.weight`, `${layer}.self_attn.k_norm.weight`),
  ...linear(`${h}.attn.c_proj`, `${layer}.self_attn.o_proj`),
  named(`${h}.ln_1_post.weight`, `${layer}.post_attention_layernorm.weight`),
  named(`${h}.ln_2.weight`, `${layer}.pre_feedforward_layernorm.weight`),
  ...gateAndUp(`${h}.mlp.c_fc`, `${layer}.mlp`),
  ...linear(`${h}.mlp.c_proj`, `${layer}.mlp.down_proj`),
  named(`${h}.ln_2_post.weight`, `${layer}.post_feedforward_layernorm.weight`),
  named("ln_f.weight", "model.norm.weight"),
  named("lm_head.weight", "lm_head.weight"),
];

function readGemma(settings: Settings, vocabSizeOf: number, blockSizeOf: number) {
  settings.only("use_bidirectional_attention", false, null);
  settings.only("quantization_config", null);
  const vocabSize = settings.number("vocab_size", vocabSizeOf);
  const nEmbd = settings.number("hidden_size", 2304);
  const attention = settings.flag("attention_bias", false);
  return {
    vocabSize,
    blockSize: settings.number("max_position_embeddings", blockSizeOf),
    nLayer: settings.number("num_hidden_layers", 26),
    nHead: settings.number("num_attention_heads", 8),
    nEmbd,
    nKvHead: settings.number("num_key_value_heads", 4),
    headDim: settings.number("head_dim", 256),
    norm: "rms",
    normEps: settings.number("rms_norm_eps", 1e-6),
    normOffset: 1,
    postNorm: true,
    position: "rope",
    attentionScale: settings.number("query_pre_attn_scalar", 256) ** -0.5,
    softcap: settings.number("final_logit_softcapping", 0),
    mlp: { kind: "gated", width: settings.number("intermediate_size", 9216) },
    // transformers reads the activation from hidden_activation, whatever hidden_act says.
    activation: settings.activation("hidden_activation", "gelu_pytorch_tanh"),
    bias: { qkv: attention, attention },
    embeddingScale: Math.sqrt(nEmbd),
    tied: settings.flag("tie_word_embeddings", true),
    dropout: settings.number("resid_pdrop", 0), // ours: transformers has none to set here
    ...settings.endOfText(vocabSize),
  } satisfies GptConfig;
}

function writeGemma(config: CompleteGptConfig): Record<string, unknown> {
  const window = Math.max(...config.windows);
  return {
    vocab_size: config.vocabSize,
    hidden_size: config.nEmbd,
    intermediate_size: config.mlp.width,
    num_hidden_layers: config.nLayer,
    num_attention_heads: config.nHead,
    num_key_value_heads: config.nKvHead,
    head_dim: config.headDim,
    hidden_activation: config.activation === "gelu" ? "gelu_pytorch_tanh" : activationName(config.activation),
    max_position_embeddings: config.blockSize,
    initializer_range: 0.02,
    rms_norm_eps: config.normEps,
    use_cache: true,
    tie_word_embeddings: config.tied,
    attention_bias: config.bias.qkv,
    attention_dropout: 0,
    ...(config.dropout > 0 && { resid_pdrop: config.dropout }),
    query_pre_attn_scalar: wholeWhereClose(config.attentionScale ** -2),
    sliding_window: window || null,
    layer_types: config.windows.map((each) => (each > 0 ? "sliding_attention" : "full_attention")),
    final_logit_softcapping: config.softcap || null,
    bos_token_id: null,
    eos_token_id: config.endOfText ?? null,
    torch_dtype: "float32",
  };
}

/** The scalar that a scale was made of, which is whole in every published model. */
function wholeWhereClose(value: number): number {
  const whole = Math.round(value);
  return whole ** -0.5 === value ** -0.5 || Math.abs(whole - value) < 1e-9 * value ? whole : value;
}

const isSliding = (type: string) => type === "sliding_attention";

/** Gemma 2: caps on scores and logits; every other layer has a window. */
export const gemma2: Family = {
  modelType: "gemma2",
  architecture: "Gemma2ForCausalLM",
  prefix: "",
  tensors,
  read(settings) {
    const gemma = readGemma(settings, 256_000, 8192);
    const window = settings.isNull("sliding_window") ? 0 : settings.number("sliding_window", 4096);
    const types = settings.layerTypes(gemma.nLayer, (l) =>
      l % 2 === 0 ? "sliding_attention" : "full_attention",
    );
    const cap = (key: string, fallback: number) =>
      settings.isNull(key) ? 0 : settings.number(key, fallback);
    return {
      ...gemma,
      windows: types.map((type) => (isSliding(type) ? window : 0)),
      rope: readRope(settings, { ...gemma, base: 10_000 }),
      softcap: cap("final_logit_softcapping", 30),
      attentionSoftcap: cap("attn_logit_softcapping", 50),
    };
  },
  write: (config) => ({
    ...writeGemma(config),
    attn_logit_softcapping: config.attentionSoftcap || null,
    ...writeRope(config.rope[0] ?? {}, config.headDim),
  }),
};

/** Gemma 3's text model: queries and keys have norms; layers with a window rotate by a table of their own. */
export const gemma3: Family = {
  modelType: "gemma3_text",
  architecture: "Gemma3ForCausalLM",
  prefix: "",
  tensors,
  read(settings) {
    settings.only("attn_logit_softcapping", null); // transformers reads it and does nothing with it
    const gemma = readGemma(settings, 262_208, 131_072);
    const window = settings.isNull("sliding_window") ? 0 : settings.number("sliding_window", 4096);
    const every = settings.number("sliding_window_pattern", 6);
    const types = settings.layerTypes(gemma.nLayer, (l) =>
      (l + 1) % every !== 0 ? "sliding_attention" : "full_attention",
    );
    const parameters = settings.inside("rope_parameters");
    const full = { ...gemma, base: settings.number("rope_theta", 1_000_000) };
    const local = { ...gemma, base: settings.number("rope_local_base_freq", 10_000) };
    const scaling = settings.inside(settings.has("rope_scaling") ? "rope_scaling" : "-");
    const global = parameters.has("full_attention")
      ? readParameters(parameters, parameters.inside("full_attention"), full)
      : readParameters(settings, scaling, full);
    const sliding = readParameters(parameters, parameters.inside("sliding_attention"), local);
    return {
      ...gemma,
      qkNorm: "before-rope",
      windows: types.map((type) => (isSliding(type) ? window : 0)),
      rope: types.map((type) => (isSliding(type) ? sliding : global)),
    };
  },
  write(config) {
    const { windows, rope, headDim } = config;
    const first = (slides: boolean) => rope[windows.findIndex((window) => window > 0 === slides)] ?? rope[0]!;
    const [full, sliding] = [first(false), first(true)].map((each) => writeParameters(each, headDim)) as [
      Record<string, unknown>,
      Record<string, unknown>,
    ];
    const { rope_theta, rope_type, ...scaling } = full;
    return {
      ...writeGemma(config),
      attn_logit_softcapping: null,
      rope_parameters: { full_attention: full, sliding_attention: sliding },
      rope_theta,
      rope_local_base_freq: sliding["rope_theta"],
      rope_scaling: rope_type === "default" ? null : { rope_type, ...scaling },
    };
  },
};
