import { linear, named } from "../../families/rules.js";
import { type Architecture, commonEntries, readCommon } from "./architecture.js";

const both = (ours: string, theirs: string) => [
  named(`${ours}.weight`, `${theirs}.weight`),
  named(`${ours}.bias`, `${theirs}.bias`),
];

/** GPT-2. llama.cpp knows it with all biases, and has its matrices as torch's Linear. */
export const gpt2: Architecture = {
  modelType: "gpt2",
  prefix: "",
  alwaysBiased: true,
  tensors: [
    named("wte.weight", "token_embd.weight"),
    named("wpe.weight", "position_embd.weight"),
    ...both("h.{l}.ln_1", "blk.{l}.attn_norm"),
    ...linear("h.{l}.attn.c_attn", "blk.{l}.attn_qkv"),
    ...linear("h.{l}.attn.c_proj", "blk.{l}.attn_output"),
    ...both("h.{l}.ln_2", "blk.{l}.ffn_norm"),
    ...linear("h.{l}.mlp.c_fc", "blk.{l}.ffn_up"),
    ...linear("h.{l}.mlp.c_proj", "blk.{l}.ffn_down"),
    ...both("ln_f", "output_norm"),
    named("lm_head.weight", "output.weight"),
  ],
  read(metadata, facts) {
    const { width, ...common } = readCommon("gpt2", metadata, facts);
    metadata.only("gpt2.attention.head_count_kv", common.nHead);
    return {
      ...common,
      mlp: { width },
      normEps: metadata.number("gpt2.attention.layer_norm_epsilon"),
    };
  },
  write: (config) => [
    ...commonEntries("gpt2", config),
    ["gpt2.attention.layer_norm_epsilon", "f32", config.normEps],
  ],
};
