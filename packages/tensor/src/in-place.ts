import type { DeviceBuffer, Into } from "./device-buffer.js";
import type { Kernels } from "./engine.js";
import type { StridedRows } from "./kernel-arguments.js";
import type { KernelName } from "./kernels.js";

/** The names under which arguments, or the entries of a list in them, hold a buffer. */
type BufferNames<Args> = {
  [Key in keyof Args]-?: NonNullable<Args[Key]> extends DeviceBuffer | Into | StridedRows
    ? Key
    : NonNullable<Args[Key]> extends readonly (infer Entry extends object)[]
      ? BufferNames<Entry>
      : never;
}[keyof Args];

type BuffersOf<Name extends KernelName> = BufferNames<Parameters<Kernels[Name]>[0]>;

/**
 * What each kernel writes, and which inputs may be in the very buffer of that result when it is not added to. All other
 * buffers of a call differ from its results; inputs may be one buffer among themselves.
 */
export const IN_PLACE = {
  gemm: { out: [], pre: [] },
  columnSums: { out: [] },
  embedding: { out: [] },
  embeddingBackward: { dTable: [], dPosition: [] },
  norm: { out: [], mean: [], rstd: [] },
  residualNorm: { out: [], mean: [], rstd: [], sum: [] },
  normBackward: { dX: [], dGain: [], dBias: [] },
  rope: { out: ["x"] },
  attention: { out: [], logSumExp: [] },
  attentionBackward: { dQkv: [] },
  activation: { out: [] },
  activationBackward: { dX: ["dOut"] },
  gated: { out: [] },
  gatedBackward: { dX: [] },
  softcap: { out: [] },
  softcapBackward: { dX: ["dOut"] },
  softmax: { out: [] },
  softmaxBackward: { dX: [] },
  crossEntropy: { logSumExp: [], loss: [], divisor: [] },
  crossEntropyBackward: { dLogits: ["logits"] },
  logProbabilities: { logSumExp: [], out: [] },
  logProbabilitiesBackward: { dLogits: ["logits"] },
  linearLogProbabilities: { logSumExp: [], out: [] },
  linearLogProbabilitiesBackward: { dX: [], dWeight: [] },
  linearCrossEntropy: { loss: [], dX: [], dWeight: [] },
  add: { out: [] },
  multiply: { out: [] },
  scale: { out: ["x"] },
  scaleBy: { out: ["x"] },
  broadcast: { out: [] },
  sum: { out: [] },
  sums: { out: [] },
  sumAxis: { out: [] },
  broadcastAxis: { out: [] },
  maxAxis: { out: [], index: [] },
  scatterAxis: { out: [] },
  dropout: { out: ["x"] },
  random: { out: [] },
  copy: { out: [] },
  writeRows: { out: [] },
  permute: { out: [] },
  clipScale: { clip: [] },
  adamw: { parameter: [], m: [], v: [] },
  cautiousDecay: { parameter: [] },
  rsqrt: { out: ["x"] },
  unitNorm: { out: ["x"] },
  quantize: { values: [], scales: [] },
  quantizedProduct: { out: [] },
  quantizedProductBackward: { dX: [] },
  groupedProduct: { out: [] },
  groupedProductBackward: { dX: [] },
  groupedRows: { out: [] },
  cast: { out: [] },
} as const satisfies {
  [Name in KernelName]: { readonly [Result in BuffersOf<Name>]?: readonly BuffersOf<Name>[] };
};
