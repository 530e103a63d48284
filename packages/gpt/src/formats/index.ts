export type { FormatDestination } from "./destination.js";
export type { GGUFValue } from "./gguf/metadata.js";
export type { GGUFWeights } from "./gguf/quantization.js";
export { type GGUFModel, type ReadGGUFOptions, readGGUF } from "./gguf/read.js";
export type { GGUFTokenizer } from "./gguf/tokenizer.js";
export { tokenizerJson } from "./gguf/tokenizer-json.js";
export { type WriteGGUFOptions, writeGGUF } from "./gguf/write.js";
export { type LLMCOptions, readLLMC, writeLLMC } from "./llmc/llmc.js";
export {
  type NanoGPTCheckpoint,
  type NanoGPTReadOptions,
  type NanoGPTSetting,
  readNanoGPT,
} from "./nanogpt/nanogpt.js";
export type { FormatFile } from "./source.js";
