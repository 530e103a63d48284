export { type Distribution, distribution, draw, logProbability } from "./distribution.js";
export { ContextOverflowError, InvalidLogitsError, InvalidOptionError } from "./errors.js";
export {
  type Completion,
  complete,
  type FinishReason,
  type GenerateOptions,
  generate,
  type TokenEvent,
} from "./generate.js";
export { type Loglikelihood, loglikelihood } from "./loglikelihood.js";
export { modelOf } from "./model-of.js";
export { type Chain, chains, type SamplingParams, type Stage } from "./params.js";
export { type DrawKey, uniform } from "./random.js";
export type { LogitsModel, Session, SessionEntry, TokenDecoder, Tokenizer } from "./types.js";
