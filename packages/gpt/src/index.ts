export { completeConfig } from "./complete-config.js";
export type { Biases, CompleteGptConfig, CompleteRope, GptConfig, Rope, RopeScaling } from "./config.js";
export {
  ConfigError,
  ContextLengthError,
  OptionsError,
  SessionError,
  TokenIdError,
  WeightsError,
} from "./errors.js";
export type { WeightDType } from "./frozen.js";
export { Gpt } from "./gpt.js";
export type { ForwardOptions, LoadOptions, LossOptions, OutputHead } from "./model-options.js";
export { type ModernOptions, modern } from "./modern.js";
export type { NamePattern, ParameterChoice } from "./parameter-choice.js";
export type { TrainingKey } from "./pass.js";
export { presets } from "./presets.js";
export type { SaveOptions, SaveProgress, StoredDType } from "./saved-model.js";
export type { GptSession, SessionEntry, SessionOptions, StepOptions } from "./session.js";
