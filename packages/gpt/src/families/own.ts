import type { CompleteGptConfig, GptConfig } from "../config.js";
import type { Family } from "./family.js";

/** Models that no published family describes: the configuration and the names of weights as they are here. */
export const own: Family = {
  modelType: "llm-gpt",
  architecture: "Gpt",
  prefix: "",
  tensors: null,
  read: (settings) => settings.value("config") as GptConfig,
  write: (config: CompleteGptConfig) => ({ config, tie_word_embeddings: config.tied }),
};
