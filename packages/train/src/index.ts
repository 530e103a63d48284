export {
  type Batch,
  type Batches,
  type BatchKey,
  type TokenArrayOptions,
  tokenArray,
} from "./batches.js";
export type { CheckpointStore, Losses, Snapshot, SnapshotTensor } from "./checkpoint.js";
export { CheckpointError, CheckpointVersionError, DataError, DivergedError, OptionsError } from "./errors.js";
export { type BitsPerByteOptions, bitsPerByte, type EvaluateOptions, evaluate } from "./evaluate.js";
export type { LossOptions, Scorable } from "./losses.js";
export { type AdamwOptions, adamw } from "./optimizer/adamw.js";
export type { Changing } from "./optimizer/changing.js";
export { type Group, groups } from "./optimizer/groups.js";
export { type MuonOptions, muon } from "./optimizer/muon.js";
export type { Optimizer, OptimizerState, UpdateOptions } from "./optimizer/optimizer.js";
export { type Schedule, schedule } from "./schedule.js";
export { train } from "./train.js";
export type { EvaluationPlan, Trainable, TrainOptions, TrainStep } from "./train-options.js";
