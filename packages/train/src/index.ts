export {
  type Batch,
  type Batches,
  type BatchKey,
  type TokenArrayOptions,
  tokenArray,
} from "./batches.js";
export type { CheckpointStore, Snapshot, SnapshotTensor } from "./checkpoint.js";
export { CheckpointError, DataError, DivergedError, OptionsError } from "./errors.js";
export { type EvaluateOptions, evaluate, type Trainable } from "./evaluate.js";
export {
  type AdamwOptions,
  adamw,
  type Optimizer,
  type OptimizerState,
  type UpdateOptions,
} from "./optimizer.js";
export { type Schedule, schedule } from "./schedule.js";
export { type TrainOptions, type TrainStep, train } from "./train.js";
