import type { TensorNames } from "../../families/family.js";
import { same } from "../../families/rules.js";
import { LINEAR_GPT2 } from "../linear-gpt2.js";

/** What a setting of nanoGPT's is. */
export type NanoGPTSetting = number | string | boolean | null;

/** Its matrices are torch's Linear, [out, in]. */
export const NAMES: TensorNames = {
  modelType: "nanoGPT",
  prefix: "transformer.",
  tensors: [...LINEAR_GPT2, same("lm_head.weight")],
};
