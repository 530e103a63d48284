// Llama and its relatives: RMSNorm, rotary positions, a gated MLP, shared key and value heads, and small differences.
import type { CompleteGptConfig, GptConfig } from "../config.js";
import type { Family, TensorRule } from "./family.js";
import { readRope, writeRope } from "./rope.js";
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
  named(`${h}.ln_2.weight`, `${layer}.post_attention_layernorm.weight`),
  ...gateAndUp(`${h}.mlp.c_fc`, `${layer}.mlp`),
  ...linear(`${h}.mlp.c_proj`, `${layer}.mlp.down_proj`),
  named("ln_f.weight", "model.norm.weight"),
  named("lm_head.weight", "lm_head.weight"),
];

/** Older files keep the frequencies of the rotation. */
const ignored = /\.rotary_emb\.inv_freq$/;

/** What transformers assumes of a family where config.json is silent. */
interface Defaults {
  vocabSize: number;
  blockSize: number;
  width: number;
  nKvHead?: number;
  headDim?: number;
}

function readDecoder(settings: Settings, defaults: Defaults): GptConfig & { headDim: number } {
  settings.only("pretraining_tp", 1, null);
  settings.only("quantization_config", null);
  const vocabSize = settings.number("vocab_size", defaults.vocabSize);
  const blockSize = settings.number("max_position_embeddings", defaults.blockSize);
  const nHead = settings.number("num_attention_heads", 32);
  const nEmbd = settings.number("hidden_size", 4096);
  const headDim = settings.number("head_dim", defaults.headDim ?? Math.trunc(nEmbd / nHead));
  return {
    vocabSize,
    blockSize,
    nLayer: settings.number("num_hidden_layers", 32),
    nHead,
    nEmbd,
    nKvHead: settings.isNull("num_key_value_heads")
      ? nHead
      : settings.number("num_key_value_heads", defaults.nKvHead ?? nHead),
    headDim,
    norm: "rms",
    normEps: settings.number("rms_norm_eps", 1e-6),
    position: "rope",
    rope: readRope(settings, { headDim, blockSize, base: 10_000 }),
    mlp: { kind: "gated", width: settings.number("intermediate_size", defaults.width) },
    activation: settings.activation("hidden_act", "silu"),
    bias: false,
    tied: settings.flag("tie_word_embeddings", false),
    dropout: settings.number("resid_pdrop", 0), // ours: transformers has none to set here
    ...settings.endOfText(vocabSize),
  };
}

function writeDecoder(config: CompleteGptConfig): Record<string, unknown> {
  const { headDim, endOfText = null } = config;
  return {
    vocab_size: config.vocabSize,
    hidden_size: config.nEmbd,
    intermediate_size: config.mlp.width,
    num_hidden_layers: config.nLayer,
    num_attention_heads: config.nHead,
    num_key_value_heads: config.nKvHead,
    head_dim: headDim,
    hidden_act: activationName(config.activation),
    max_position_embeddings: config.blockSize,
    initializer_range: 0.02,
    rms_norm_eps: config.normEps,
    use_cache: true,
    tie_word_embeddings: config.tied,
    attention_dropout: 0,
    ...(config.dropout > 0 && { resid_pdrop: config.dropout }),
    bos_token_id: null,
    eos_token_id: endOfText,
    torch_dtype: "float32",
    ...writeRope(config.rope[0] ?? {}, headDim),
  };
}

const biases = (settings: Settings) => {
  const attention = settings.flag("attention_bias", false);
  return { qkv: attention, attention, mlp: settings.flag("mlp_bias", false) };
};

/** Llama 1 to 3.x, SmolLM, TinyLlama. */
export const llama: Family = {
  modelType: "llama",
  architecture: "LlamaForCausalLM",
  prefix: "",
  tensors,
  ignored,
  read: (settings) => ({
    ...readDecoder(settings, { vocabSize: 32_000, blockSize: 2048, width: 11_008 }),
    bias: biases(settings),
  }),
  write: (config) => ({
    ...writeDecoder(config),
    attention_bias: config.bias.qkv,
    mlp_bias: config.bias.mlp,
    pretraining_tp: 1,
  }),
};

/** Llama with a sliding window in every layer, if in any. */
export const mistral: Family = {
  modelType: "mistral",
  architecture: "MistralForCausalLM",
  prefix: "",
  tensors,
  ignored,
  read: (settings) => ({
    ...readDecoder(settings, { vocabSize: 32_000, blockSize: 131_072, width: 14_336, nKvHead: 8 }),
    windows: settings.isNull("sliding_window") ? 0 : settings.number("sliding_window", 4096),
  }),
  write: (config) => ({ ...writeDecoder(config), sliding_window: config.windows[0] || null }),
};

/** Qwen's windows: none, or in the layers that `layer_types` names, or from `max_window_layers` on. */
function qwenWindows(settings: Settings, nLayer: number): readonly number[] {
  const isUsed = settings.flag("use_sliding_window", false) && !settings.isNull("sliding_window");
  const window = isUsed ? settings.number("sliding_window", 4096) : 0;
  const first = settings.number("max_window_layers", 28);
  return settings
    .layerTypes(nLayer, (l) => (window > 0 && l >= first ? "sliding_attention" : "full_attention"))
    .map((type) => (type === "sliding_attention" ? window : 0));
}

function writeQwenWindows({ windows }: CompleteGptConfig): Record<string, unknown> {
  const window = Math.max(...windows);
  return {
    use_sliding_window: window > 0,
    sliding_window: window || null,
    max_window_layers: window > 0 ? windows.findIndex((each) => each > 0) : windows.length,
    layer_types: windows.map((each) => (each > 0 ? "sliding_attention" : "full_attention")),
  };
}

/** Llama with biases for queries, keys and values. */
export const qwen2: Family = {
  modelType: "qwen2",
  architecture: "Qwen2ForCausalLM",
  prefix: "",
  tensors,
  ignored,
  read(settings) {
    const decoder = readDecoder(settings, {
      vocabSize: 151_936,
      blockSize: 32_768,
      width: 22_016,
      nKvHead: 32,
    });
    return { ...decoder, bias: { qkv: true }, windows: qwenWindows(settings, decoder.nLayer) };
  },
  write: (config) => ({ ...writeDecoder(config), ...writeQwenWindows(config) }),
};

/** Llama with a norm of each query and key. */
export const qwen3: Family = {
  modelType: "qwen3",
  architecture: "Qwen3ForCausalLM",
  prefix: "",
  tensors,
  ignored,
  read(settings) {
    const defaults = { vocabSize: 151_936, blockSize: 32_768, width: 22_016, nKvHead: 32, headDim: 128 };
    const decoder = readDecoder(settings, defaults);
    const windows = qwenWindows(settings, decoder.nLayer);
    const attention = settings.flag("attention_bias", false);
    return { ...decoder, qkNorm: "before-rope", bias: { qkv: attention, attention }, windows };
  },
  write: (config) => ({
    ...writeDecoder(config),
    ...writeQwenWindows(config),
    attention_bias: config.bias.qkv,
  }),
};
