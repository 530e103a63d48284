export type { GGUFValue } from "./gguf/metadata.js";
export type { GGUFWeights } from "./gguf/quantization.js";
export { type GGUFModel, type ReadGGUFOptions, readGGUF } from "./gguf/read.js";
export type { GGUFTokenizer } from "./gguf/tokenizer.js";
export { tokenizerJson } from "./gguf/tokenizer-json.js";
export { type WriteGGUFOptions, writeGGUF } from "./gguf/write.js";
export type { FormatFile } from "./source.js";
