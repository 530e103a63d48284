export { type Budget, chinchilla } from "./budget.js";
export type { CheckpointStore, Losses, Snapshot, SnapshotTensor } from "./checkpoint.js";
export type { Batch, Batches, BatchKey } from "./data/batch.js";
export { type InspectOptions, inspect } from "./data/inspect-batch.js";
export { type MixturePart, mixture } from "./data/mixture.js";
export type { Packing } from "./data/packing.js";
export { type RowOptions, type TokenArrayOptions, tokenArray } from "./data/token-array.js";
export { type DepthOptions, type DepthPlan, depth } from "./depth.js";
export {
  CheckpointError,
  CheckpointVersionError,
  DataError,
  DivergedError,
  OptionsError,
  ProcessError,
  RewardError,
} from "./errors.js";
export { type BitsPerByteOptions, bitsPerByte, type EvaluateOptions, evaluate } from "./evaluate.js";
export type { LossOptions, Scorable } from "./losses.js";
export { type LrRange, type LrRangeTestOptions, lrRangeTest } from "./lr-range-test.js";
export { type AdamwOptions, adamw } from "./optimizer/adamw.js";
export { type AveragedOptimizer, type AveragedOptions, averaged, averagesOf } from "./optimizer/averaged.js";
export type { Changing } from "./optimizer/changing.js";
export { type Group, groups } from "./optimizer/groups.js";
export { type MuonOptions, muon } from "./optimizer/muon.js";
export type { Optimizer, OptimizerState, UpdateOptions } from "./optimizer/optimizer.js";
export type { MatrixSplit } from "./optimizer/split.js";
export { type AdvantageOptions, advantages } from "./post-training/advantages.js";
export {
  type PackedConversations,
  type PackingSummary,
  packConversations,
} from "./post-training/conversations.js";
export { type DpoLoss, type DpoOptions, type DpoStep, dpo } from "./post-training/dpo.js";
export { grpo } from "./post-training/grpo.js";
export type { GrpoOptions, GrpoStep, JudgedSample, SampledPolicy } from "./post-training/grpo-options.js";
export type { Pair, PairStep } from "./post-training/pairs.js";
export type { Policy } from "./post-training/passes.js";
export type { AdvantageScale, Baseline, ClipRange, Normalization } from "./post-training/policy-loss.js";
export type { ConversationOptions, Conversations } from "./post-training/read-conversations.js";
export { ConversationError, type RenderedConversation } from "./post-training/rendered.js";
export {
  type RewardBody,
  type RewardModel,
  type RewardModelOptions,
  rewardModel,
} from "./post-training/reward-model.js";
export type { Reward, RewardedText } from "./post-training/rewards.js";
export type { PostTrainingOptions } from "./post-training/run.js";
export { type SftOptions, type SftPlan, type SftStep, sft } from "./post-training/sft.js";
export type { TrainingWarning } from "./post-training/watch.js";
export type { Processes } from "./processes/processes.js";
export { type Schedule, schedule } from "./schedule.js";
export { type Spike, type SpikeWatchOptions, spikeWatch } from "./spikes.js";
export { train } from "./train.js";
export type { EvaluationPlan, Trainable, TrainOptions, TrainStep } from "./train-options.js";
