export type { Alternative } from "./alternatives.js";
export type { BatchOptions, BatchPlace, BatchProgress } from "./batch/batch-options.js";
export type { ForcedTokens, TextSoFar } from "./batch/forced.js";
export {
  type BatchCompletion,
  type BatchTokenEvent,
  completeBatch,
  type GenerateBatchOptions,
  generateBatch,
} from "./batch/generate-batch.js";
export { type SampleBatchOptions, sampleBatch } from "./batch/sample-batch.js";
export type { Sample } from "./batch/sampled-text.js";
export { type Beam, type BeamSearchOptions, beamSearch } from "./beam-search.js";
export { type Chain, chains, type Stage } from "./chain.js";
export { type Completion, complete } from "./complete.js";
export type { ConstrainedText, Constraint } from "./constraint.js";
export { distribution, logProbability, type TraceStep } from "./distribution.js";
export { ContextOverflowError, InvalidLogitsError, InvalidOptionError } from "./errors.js";
export { type GenerateOptions, generate } from "./generate.js";
export type { PromptAndOutput } from "./history.js";
export { type Loglikelihood, type LoglikelihoodOptions, loglikelihood } from "./loglikelihood.js";
export { modelOf } from "./model-of.js";
export type { SamplingParams } from "./params.js";
export { type DrawKey, uniform } from "./random.js";
export { type Distribution, draw } from "./sampler.js";
export type {
  DraftModelOptions,
  PromptLookupOptions,
  SpeculateOption,
} from "./speculation/options.js";
export type { Speculation } from "./speculation/speculative-session.js";
export type { FinishReason, TokenEvent } from "./text-row.js";
export type { LogitsModel, Session, SessionEntry, TokenDecoder, Tokenizer } from "./types.js";
