import { both, linear, same } from "../families/rules.js";

/** GPT-2's tensors as nanoGPT and llm.c name and order them: matrices are torch's Linear, [out, in]. Without a head. */
export const LINEAR_GPT2 = [
  same("wte.weight"),
  same("wpe.weight"),
  ...both("h.{l}.ln_1"),
  ...linear("h.{l}.attn.c_attn", "h.{l}.attn.c_attn"),
  ...linear("h.{l}.attn.c_proj", "h.{l}.attn.c_proj"),
  ...both("h.{l}.ln_2"),
  ...linear("h.{l}.mlp.c_fc", "h.{l}.mlp.c_fc"),
  ...linear("h.{l}.mlp.c_proj", "h.{l}.mlp.c_proj"),
  ...both("ln_f"),
];
