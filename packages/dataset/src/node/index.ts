export { DiskFullError } from "../shards/file.js";
export { ManifestError, readManifest, type ShardEntry, type TokenManifest } from "../shards/manifest.js";
export { type ShardTokenizer, TokenError, type WriteTokensOptions, writeTokens } from "../shards/write.js";
export { MissingPathError, NoDocumentsError } from "./errors.js";
export { lid176, MissingLid176Error } from "./lid176.js";
export { readFolder } from "./read-folder.js";
export { readPath } from "./read-path.js";
export { readUrlLists, type UrlListPaths } from "./url-lists.js";
export { type WriteJsonlOptions, writeJsonl } from "./write-jsonl.js";
