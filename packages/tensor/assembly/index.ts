export { activationBackward, applyActivation, gated, gatedBackward, softcap, softcapBackward } from "./activation";
export { attention, attentionScratch } from "./attention";
export { attentionBackward, attentionBackwardScratch } from "./attention-backward";
export {
  adamw, add, broadcast, cautiousDecay, copy, dropout, embedding, embeddingBackward, multiply, scale, sum, zero,
} from "./elementwise";
export { columnSums, epilogue, gemm, gemmScratch, useNative } from "./gemm";
export { groupedProduct, quantizeGroupInput, unpackGroupedRow } from "./grouped";
export { lossChunk, lossChunkBackward } from "./loss";
export { norm, normBackward, residualNorm } from "./norm";
export { pack, transposeInto } from "./pack";
export { quantize, quantizeBytes, quantizedProduct, quantizeInput } from "./quantized";
export { randomNormal, randomUniform } from "./random";
export { broadcastAxis, maxAxis, scatterAxis, sumAxis } from "./reduce";
export { rope } from "./rope";
export { crossEntropy, crossEntropyBackward, softmax, softmaxBackward } from "./softmax";
export { toBfloat16, widen } from "./storage";
