import type { AttentionOptions } from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";

/** How a layer attends. Queries and keys that are multiplied by qkScale give scores times its square. */
export function attentionOptions(config: CompleteGptConfig, layer: number): AttentionOptions {
  const { nHead, nKvHead, attentionScale, qkScale, attentionSoftcap, windows } = config;
  return {
    nHead,
    nKvHead,
    causal: true,
    scale: attentionScale * qkScale ** 2,
    window: windows[layer]!,
    softcap: attentionSoftcap,
  };
}
