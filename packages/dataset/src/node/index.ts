export { type Separator, type ShardTokenizer, TokenError } from "../shards/encode.js";
export { DiskFullError, ResumeError } from "../shards/file.js";
export {
  ManifestError,
  mergeManifests,
  readManifest,
  type ShardEntry,
  type TokenManifest,
} from "../shards/manifest.js";
export { type ReadTokensOptions, readTokens, TokenFileError } from "../shards/read.js";
export {
  type DsOptions,
  type TokenFileOptions,
  writeDs,
  writeLlmc,
  writeNanogpt,
} from "../shards/token-file.js";
export { type TokenSinkOptions, type WriteTokensOptions, writeTokens } from "../shards/write.js";
export { MissingPathError, NoDocumentsError } from "./errors.js";
export { MissingPackageError } from "./peer.js";
export {
  type FileSource,
  type ReadFilesOptions,
  readFiles,
  readFolder,
  readPath,
} from "./readers/read-files.js";
export type { HttpOptions } from "./stores/http.js";
export type { HubOptions } from "./stores/hub.js";
export { RemoteFileError, type RetryOptions } from "./stores/resumed.js";
export type { S3Options } from "./stores/s3.js";
export type { Compression } from "./writers/compress.js";
export { type JsonlSinkOptions, type WriteJsonlOptions, writeJsonl } from "./writers/jsonl.js";
export { type ParquetColumn, type ParquetSinkOptions, writeParquet } from "./writers/parquet.js";
