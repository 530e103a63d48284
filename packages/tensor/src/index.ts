export { type Diagnosis, doctor, type EngineOptions, engine, useEngine } from "./current.js";
export type {
  Activation,
  AdamwArgs,
  AttentionArgs,
  AttentionBackwardArgs,
  CopyArgs,
  CrossEntropyArgs,
  CrossEntropyBackwardArgs,
  DeviceBuffer,
  DType,
  EmbeddingArgs,
  EmbeddingBackwardArgs,
  Engine,
  GemmArgs,
  Into,
  NormArgs,
  NormBackwardArgs,
  StridedRows,
  TensorData,
} from "./engine.js";
export {
  DisposedError,
  EngineError,
  IndexError,
  OutOfMemoryError,
  SafetensorsError,
  ShapeError,
  TensorError,
} from "./errors.js";
export { type NativeOptions, nativeEngine } from "./native/engine.js";
export type { Products } from "./native/plan.js";
export { type AttentionOptions, cachedAttention, selfAttention } from "./ops/attention.js";
export { crossEntropy } from "./ops/cross-entropy.js";
export { add, dropout, gelu, mul, scale } from "./ops/elementwise.js";
export { embedding } from "./ops/embedding.js";
export { concat, permute, reshape, slice } from "./ops/layout.js";
export { linear, matmul } from "./ops/linear.js";
export { layerNorm, rmsNorm } from "./ops/norm.js";
export { mean, softmax, sum } from "./ops/reduce.js";
export { accumulate, adamw, globalNorm } from "./optimizer.js";
export { type KernelProfile, type Profile, profile } from "./profile/profile.js";
export { randomNormal, randomUniform, rng } from "./random.js";
export { referenceEngine } from "./reference/engine.js";
export { readSafetensors, type SafetensorsTensor, writeSafetensors } from "./safetensors/file.js";
export type { SafetensorsInfo, SafetensorsSpec } from "./safetensors/header.js";
export {
  openSafetensors,
  rangeSource,
  type SafetensorsFile,
  type SafetensorsSource,
} from "./safetensors/source.js";
export {
  decodeSafetensors,
  encodeSafetensors,
  pipeSafetensors,
  type SafetensorsStream,
} from "./safetensors/stream.js";
export type { SafetensorsData, SafetensorsDType, SafetensorsInput } from "./safetensors/values.js";
export { scope } from "./scope.js";
export { checkpoint, valueAndGrad } from "./tape.js";
export { Parameter, parameter, Tensor, tensor, write, zeros } from "./tensor.js";
export { wasmEngine } from "./wasm/engine.js";
