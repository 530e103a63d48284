export { DiskFullError } from "../shards/file.js";
export { ManifestError, readManifest, type ShardEntry, type TokenManifest } from "../shards/manifest.js";
export { type ShardTokenizer, TokenError, type WriteTokensOptions, writeTokens } from "../shards/write.js";
export { MissingPathError, NoDocumentsError } from "./errors.js";
export { readFolder } from "./read-folder.js";
export { readPath } from "./read-path.js";
export { RunManifestError, RunMismatchError } from "./run/manifest.js";
export { mergeStats } from "./run/merge-stats.js";
export { PipelineModuleError } from "./run/module.js";
export type { RunProgress } from "./run/progress.js";
export { type RunStagesOptions, run, type TaskFailure, TasksFailedError, WorkersError } from "./run/run.js";
export type {
  Runnable,
  Stage,
  StageContext,
  StageOptions,
  StageReport,
  TaskProgress,
} from "./run/stage.js";
export { CheckpointError } from "./run/task.js";
export { WorkerCrashError } from "./run/threads.js";
export { SlurmError } from "./slurm/commands.js";
export { type SlurmJob, type SlurmOptions, slurm } from "./slurm/slurm.js";
export { type WriteJsonlOptions, writeJsonl } from "./write-jsonl.js";
