export { DiskFullError, WriteError } from "@llm/platform/durable";
export { type CheckpointsOptions, checkpoints, type FolderCheckpoints } from "./checkpoints.js";
export { type Interrupts, interrupts } from "./interrupts.js";
export { type JsonlLog, jsonlLog, readJsonl } from "./jsonl.js";
export { type ProgressView, type ProgressViewOptions, progressView } from "./progress-view.js";
export { TokenShards, type TokenShardsOptions } from "./shards.js";
export { type TensorboardLog, tensorboardLog } from "./tensorboard.js";
