import type { CompleteGptConfig } from "../../config.js";
import type { TensorRule } from "../../families/family.js";
import { linear, named } from "../../families/rules.js";
import { attentionWidths } from "../../layout.js";
import { type Architecture, commonEntries, readCommon } from "./architecture.js";
import { readRope, ropeFactors, writeRope } from "./rope.js";

const h = "h.{l}";
const blk = "blk.{l}";

/** A matrix here, with its bias, that is several tensors there. */
function joined(
  ours: string,
  theirs: readonly (readonly [name: string, columns: (config: CompleteGptConfig) => number])[],
): TensorRule[] {
  const parts = (suffix: string) =>
    theirs.map(([name, columns]) => ({ name: `${blk}.${name}.${suffix}`, columns }));
  return [
    { ours: `${ours}.weight`, theirs: parts("weight"), transposed: true },
    { ours: `${ours}.bias`, theirs: parts("bias"), transposed: false },
  ];
}

const q = (config: CompleteGptConfig) => attentionWidths(config).q;
const kv = (config: CompleteGptConfig) => attentionWidths(config).kv;
const width = ({ mlp }: CompleteGptConfig) => mlp.width;

/** Llama, SmolLM, TinyLlama, and Mistral without windows. */
export const llama: Architecture = {
  modelType: "llama",
  prefix: "",
  ignored: /^rope_freqs\.weight$|\.attn_rot_embd$/,
  tensors: [
    named("wte.weight", "token_embd.weight"),
    named(`${h}.ln_1.weight`, `${blk}.attn_norm.weight`),
    ...joined(`${h}.attn.c_attn`, [
      ["attn_q", q],
      ["attn_k", kv],
      ["attn_v", kv],
    ]),
    ...linear(`${h}.attn.c_proj`, `${blk}.attn_output`),
    named(`${h}.ln_2.weight`, `${blk}.ffn_norm.weight`),
    ...joined(`${h}.mlp.c_fc`, [
      ["ffn_gate", width],
      ["ffn_up", width],
    ]),
    ...linear(`${h}.mlp.c_proj`, `${blk}.ffn_down`),
    named("ln_f.weight", "output_norm.weight"),
    named("lm_head.weight", "output.weight"),
  ],
  rotated: (tensor) => /\.attn_[qk]\.(weight|bias)$/.test(tensor),
  read(metadata, facts) {
    const { width, ...common } = readCommon("llama", metadata, facts);
    const headDim = metadata.number("llama.attention.key_length", common.nEmbd / common.nHead);
    metadata.only("llama.attention.value_length", headDim);
    metadata.only("llama.attention.scale", 0, 1 / Math.sqrt(headDim));
    return {
      ...common,
      headDim,
      nKvHead: metadata.numberForAll("llama.attention.head_count_kv", common.nHead),
      norm: "rms",
      normEps: metadata.number("llama.attention.layer_norm_rms_epsilon"),
      position: "rope",
      rope: readRope(metadata, facts, headDim, common.blockSize),
      activation: "silu",
      mlp: { kind: "gated", width },
      bias: {
        qkv: facts.some(/^blk\.\d+\.attn_[qkv]\.bias$/),
        attention: facts.some(/^blk\.\d+\.attn_output\.bias$/),
        mlp: facts.some(/^blk\.\d+\.ffn_(gate|up|down)\.bias$/),
      },
    };
  },
  write: (config) => [
    ...commonEntries("llama", config),
    ["llama.attention.head_count_kv", "u32", config.nKvHead],
    ["llama.attention.key_length", "u32", config.headDim],
    ["llama.attention.value_length", "u32", config.headDim],
    ["llama.attention.layer_norm_rms_epsilon", "f32", config.normEps],
    ["llama.vocab_size", "u32", config.vocabSize],
    ...writeRope(config),
  ],
  ropeFactors,
};
