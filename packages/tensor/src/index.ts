export type { Diagnosis, EngineName, EngineOptions } from "./candidates.js";
export { engine } from "./current.js";
export type { Activation, DeviceBuffer, DType, Into, RandomKey, TensorData } from "./device-buffer.js";
export type { Engine } from "./engine.js";
export type { Inputs } from "./engines/native/code/gemm.js";
export { type NativeOptions, nativeEngine } from "./engines/native/engine.js";
export type { Products } from "./engines/native/plan.js";
export { referenceEngine } from "./engines/reference/engine.js";
export { wasmEngine } from "./engines/wasm/engine.js";
export {
  DisposedError,
  EngineError,
  IndexError,
  OutOfMemoryError,
  SafetensorsError,
  ShapeError,
  TensorError,
} from "./errors.js";
export type { GroupBits } from "./groups.js";
export type {
  AdamwArgs,
  AdamwTensor,
  AttentionArgs,
  AttentionBackwardArgs,
  AttentionDropout,
  AttentionMask,
  AxisArgs,
  BatchPlaces,
  ClipScaleArgs,
  CopyArgs,
  CrossEntropyArgs,
  CrossEntropyBackwardArgs,
  EmbeddingArgs,
  EmbeddingBackwardArgs,
  GemmArgs,
  GroupedProductArgs,
  GroupedProductBackwardArgs,
  GroupedRowsArgs,
  HeadArgs,
  LinearCrossEntropyArgs,
  LinearLogProbabilitiesArgs,
  LinearLogProbabilitiesBackwardArgs,
  LogProbabilitiesArgs,
  LogProbabilitiesBackwardArgs,
  NormArgs,
  NormBackwardArgs,
  QuantizedInputs,
  QuantizedProductArgs,
  QuantizedProductBackwardArgs,
  Reduction,
  ResidualNormArgs,
  RopeArgs,
  StridedRows,
  SumsArgs,
  WriteRowsArgs,
} from "./kernel-arguments.js";
export { type MuonOptions, type MuonState, muon } from "./muon/muon.js";
export { type NewtonSchulzStep, orthogonalize } from "./muon/orthogonalize.js";
export { gelu, relu2, silu, softcap, swiglu } from "./ops/activation.js";
export { type AttentionOptions, type SelfAttentionOptions, selfAttention } from "./ops/attention.js";
export { type CachePlaces, cachedAttention, writeRows } from "./ops/cached-attention.js";
export { cast } from "./ops/cast.js";
export { type CrossEntropyOptions, crossEntropy } from "./ops/cross-entropy.js";
export { add, dropout, mul, scale } from "./ops/elementwise.js";
export { type EmbeddingOptions, embedding } from "./ops/embedding.js";
export {
  dequantizeGroups,
  type GroupedWeight,
  groupedEmbedding,
  groupedLinear,
  type QuantizeGroupsOptions,
  quantizeGroups,
  type WeightRows,
} from "./ops/grouped.js";
export type { HeadOptions } from "./ops/head.js";
export { concat, permute, reshape, slice } from "./ops/layout.js";
export { linear, matmul } from "./ops/linear.js";
export { type LinearCrossEntropyOptions, linearCrossEntropy } from "./ops/linear-cross-entropy.js";
export {
  type LinearLogProbabilitiesOptions,
  type LogProbabilitiesOptions,
  linearLogProbabilities,
  logProbabilities,
} from "./ops/log-probabilities.js";
export { layerNorm, residualLayerNorm, residualRmsNorm, rmsNorm } from "./ops/norm.js";
export {
  type QuantizedLinearOptions,
  type QuantizedWeight,
  quantize,
  quantizedLinear,
} from "./ops/quantized.js";
export { max, mean, softmax, sum } from "./ops/reduce.js";
export { type RopeOptions, rope, ropeQkv, ropeTable } from "./ops/rope.js";
export {
  type AdamwStep,
  type AdamwUpdate,
  accumulate,
  adamw,
  type ClipOptions,
  type ClipReport,
  clipScale,
  globalNorm,
} from "./optimizer.js";
export { type Profile, profile } from "./profile/profile.js";
export type { KernelProfile, Measurements } from "./profile/report.js";
export { randomNormal, randomUniform } from "./random.js";
export { rng } from "./random-numbers.js";
export {
  readSafetensors,
  type SafetensorsSelection,
  type SafetensorsTensor,
  writeSafetensors,
} from "./safetensors/file.js";
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
  type SafetensorsStreamOptions,
} from "./safetensors/stream.js";
export type {
  SafetensorsData,
  SafetensorsDType,
  SafetensorsInput,
  SafetensorsReadOptions,
} from "./safetensors/values.js";
export { keep, scope } from "./scope.js";
export { checkpoint, valueAndGrad } from "./tape.js";
export { Parameter, parameter, Tensor, tensor, write, zeros } from "./tensor.js";
export { doctor, useEngine } from "./use-engine.js";
export { version } from "./version.js";
