export { DiskFullError } from "../shards/file.js";
export { ManifestError, readManifest, type ShardEntry, type TokenManifest } from "../shards/manifest.js";
export { type ShardTokenizer, TokenError, type WriteTokensOptions, writeTokens } from "../shards/write.js";
export { DedupFileError, InputChangedError } from "./dedup/errors.js";
export type { DocumentsOfRank } from "./dedup/input.js";
export { MissingPathError, NoDocumentsError } from "./errors.js";
export type { MinhashStagesOptions } from "./minhash/options.js";
export { minhashStages } from "./minhash/stages.js";
export { type DuplicateTrace, minhashPairs, traceDuplicate } from "./minhash/trace.js";
export { readFolder } from "./read-folder.js";
export { readPath } from "./read-path.js";
export {
  type ExactDedupStagesOptions,
  exactDedupStages,
  type SentenceDedupStagesOptions,
  sentenceDedupStages,
} from "./repeats/stages.js";
export { type WriteJsonlOptions, writeJsonl } from "./write-jsonl.js";
