import type { TensorNames } from "../../families/family.js";
import { linear, same } from "../../families/rules.js";

/** What a setting of nanoGPT's is. */
export type NanoGPTSetting = number | string | boolean | null;

const both = (name: string) => [same(`${name}.weight`), same(`${name}.bias`)];
const inLayer = (name: string) => `h.{l}.${name}`;

/** Its matrices are torch's Linear, [out, in]. */
export const NAMES: TensorNames = {
  modelType: "nanoGPT",
  prefix: "transformer.",
  tensors: [
    same("wte.weight"),
    same("wpe.weight"),
    ...both(inLayer("ln_1")),
    ...linear(inLayer("attn.c_attn"), inLayer("attn.c_attn")),
    ...linear(inLayer("attn.c_proj"), inLayer("attn.c_proj")),
    ...both(inLayer("ln_2")),
    ...linear(inLayer("mlp.c_fc"), inLayer("mlp.c_fc")),
    ...linear(inLayer("mlp.c_proj"), inLayer("mlp.c_proj")),
    ...both("ln_f"),
    same("lm_head.weight"),
  ],
};
