export { completeConfig } from "./complete-config.js";
export type { Biases, CompleteGptConfig, CompleteRope, GptConfig, Rope, RopeScaling } from "./config.js";
export { ConfigError, ContextLengthError, OptionsError, TokenIdError, WeightsError } from "./errors.js";
export { type ForwardOptions, Gpt, type LossOptions, type OutputHead } from "./gpt.js";
export type { TrainingKey } from "./network.js";
export type { NamePattern, ParameterChoice } from "./parameter-choice.js";
export { presets } from "./presets.js";
export type { GptSession, Ids } from "./session.js";
