export { DiskFullError, WriteError } from "@llm/platform/durable";
export { type Separator, type ShardTokenizer, TokenError } from "../shards/encode.js";
export { ResumeError } from "../shards/file.js";
export {
  ManifestError,
  mergeManifests,
  readManifest,
  type ShardEntry,
  type TokenManifest,
} from "../shards/manifest.js";
export { type ReadTokensOptions, readTokens, TokenFileError } from "../shards/read.js";
export type { TokenSinkOptions } from "../shards/shards-writer.js";
export {
  type DsOptions,
  type TokenFileOptions,
  writeDs,
  writeLlmc,
  writeNanogpt,
} from "../shards/token-file.js";
export { type WriteTokensOptions, writeTokens } from "../shards/write.js";
export { type DatasetConfig, defineConfig } from "./config.js";
export { DedupFileError, InputChangedError } from "./dedup/errors.js";
export type { DocumentsOfRank } from "./dedup/input.js";
export { BundledError, MissingPathError, NoDocumentsError } from "./errors.js";
export { lid176, MissingLid176Error } from "./lid176.js";
export type { MinhashStagesOptions } from "./minhash/options.js";
export { minhashStages } from "./minhash/stages.js";
export { type DuplicateTrace, minhashPairs, traceDuplicate } from "./minhash/trace.js";
export { MissingPackageError } from "./peer.js";
export { PunktFormatError, readPunkt } from "./punkt.js";
export {
  type FileSource,
  type ReadFilesOptions,
  readFiles,
  readFolder,
  readPath,
} from "./readers/read-files.js";
export {
  type ExactDedupStagesOptions,
  exactDedupStages,
  type SentenceDedupStagesOptions,
  sentenceDedupStages,
} from "./repeats/stages.js";
export { RunInProgressError } from "./run/folder-lock.js";
export { RunManifestError, RunMismatchError } from "./run/manifest.js";
export { PipelineModuleError } from "./run/module.js";
export type { RunProgress } from "./run/progress.js";
export { readReports, type StageStatus } from "./run/reports.js";
export { type RunStagesOptions, run, type TaskFailure, TasksFailedError, WorkersError } from "./run/run.js";
export type { Runnable, StageOptions, StageReport } from "./run/stage.js";
export { CheckpointError } from "./run/task.js";
export { WorkerCrashError } from "./run/threads.js";
export { SlurmError } from "./slurm/commands.js";
export { type SlurmJob, type SlurmOptions, slurm } from "./slurm/slurm.js";
export { NoStatsError, readStats, statsPath, writeStats } from "./stats-files.js";
export type { HttpOptions } from "./stores/http.js";
export type { HubOptions } from "./stores/hub.js";
export { RemoteFileError, type RetryOptions } from "./stores/resumed.js";
export type { S3Options } from "./stores/s3.js";
export { readUrlLists, type UrlListPaths } from "./url-lists.js";
export type { Compression } from "./writers/compress.js";
export { type JsonlSinkOptions, type WriteJsonlOptions, writeJsonl } from "./writers/jsonl.js";
export {
  ColumnsChangedError,
  type ParquetColumn,
  type ParquetSinkOptions,
  type WriteParquetOptions,
  writeParquet,
} from "./writers/parquet.js";
