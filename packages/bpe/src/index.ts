export type { BatchOptions } from "./batch.js";
export { ChatError, MissingTokensError } from "./chat/errors.js";
export type { AssistantPart, ChatMessage } from "./chat/messages.js";
export { CHAT_TOKENS, type RenderChatOptions, type RenderedChat, renderChat } from "./chat/render.js";
export { ENCODINGS, type Encoding, type EncodingName } from "./encodings.js";
export {
  BpeError,
  BudgetError,
  DisallowedSpecialError,
  DownloadError,
  OptionsError,
  TokenizerFormatError,
  TrainingError,
  UnknownTokenError,
  VocabularyError,
  WorkerError,
} from "./errors.js";
export type { Expressions } from "./expressions.js";
export type { CharacterReader, HFAddedToken, HFOptions, HFTokenizer } from "./hf.js";
export { loadTiktoken } from "./load-tiktoken.js";
export type { NormalizationForm, Normalizer, TextEdit } from "./normalizer.js";
export type { Offsets } from "./offsets.js";
export { patternRegExp } from "./pattern-expression.js";
export { PATTERN_SOURCES, type Pattern, type PatternName } from "./patterns.js";
export type { EncodeOptions, SpecialChoice } from "./special.js";
export { type SplitOptions, splitByTokens } from "./split-by-tokens.js";
export { type StatisticsOptions, type TokenStatistics, tokenStatistics } from "./statistics.js";
export type { StreamDecoder } from "./stream-decoder.js";
export type { TiktokenOptions, TiktokenRanks } from "./tiktoken.js";
export { type CountOptions, type ToHFOptions, Tokenizer, type Trace } from "./tokenizer.js";
export type { TraceStep } from "./trace.js";
export { train } from "./train.js";
export type { MergeEvent, ReadEvent, TrainOptions } from "./train-options.js";
export { type CompiledModules, useModules } from "./use-modules.js";
export type { VocabBpe, VocabBpeOptions } from "./vocab-bpe.js";
