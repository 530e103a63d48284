export { activationBackward, applyActivation } from "./activation";
export { attention, attentionBackward, attentionBackwardScratch, attentionScratch } from "./attention";
export {
  adamw, add, broadcast, copy, dropout, embedding, embeddingBackward, multiply, scale, sum,
} from "./elementwise";
export { columnSums, epilogue, gemm, gemmScratch, pack, useNative } from "./gemm";
export { norm, normBackward } from "./norm";
export { crossEntropy, crossEntropyBackward, softmax, softmaxBackward } from "./softmax";
