export type { FormatDestination } from "./destination.js";
export type { GGUFWeights } from "./gguf/quantization.js";
export { type LLMCOptions, readLLMC, writeLLMC } from "./llmc/llmc.js";
export {
  type NanoGPTCheckpoint,
  type NanoGPTReadOptions,
  type NanoGPTSetting,
  readNanoGPT,
} from "./nanogpt/nanogpt.js";
export type { FormatFile } from "./source.js";
