export type { ByteTokenizer } from "./byte-tokenizer.js";
export {
  type CompressionProgress,
  type CompressOptions,
  compress,
  type DecompressOptions,
  decompress,
} from "./compress.js";
export { CompressedFileError, CompressionMismatchError } from "./errors.js";
