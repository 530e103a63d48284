export type { GGUFWeights } from "./gguf/quantization.js";
