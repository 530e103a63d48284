import type { Kernels } from "./engine.js";

/** The kernels of an engine by name: the one list of them. */
export const KERNELS = [
  "gemm",
  "columnSums",
  "embedding",
  "embeddingBackward",
  "norm",
  "residualNorm",
  "normBackward",
  "rope",
  "attention",
  "attentionBackward",
  "activation",
  "activationBackward",
  "gated",
  "gatedBackward",
  "softcap",
  "softcapBackward",
  "softmax",
  "softmaxBackward",
  "crossEntropy",
  "crossEntropyBackward",
  "linearCrossEntropy",
  "logProbabilities",
  "logProbabilitiesBackward",
  "linearLogProbabilities",
  "linearLogProbabilitiesBackward",
  "add",
  "multiply",
  "scale",
  "scaleBy",
  "broadcast",
  "sum",
  "sums",
  "sumAxis",
  "broadcastAxis",
  "maxAxis",
  "scatterAxis",
  "dropout",
  "random",
  "copy",
  "cast",
  "writeRows",
  "permute",
  "clipScale",
  "adamw",
  "cautiousDecay",
  "rsqrt",
  "unitNorm",
  "quantize",
  "quantizedProduct",
  "quantizedProductBackward",
  "groupedProduct",
  "groupedProductBackward",
  "groupedRows",
] as const satisfies readonly (keyof Kernels)[];

/** The name of a kernel. */
export type KernelName = (typeof KERNELS)[number];

/** The kernels among what some modules export. A module that lacks one does not compile. */
export function kernelsOf<Modules extends Readonly<Record<keyof Kernels, unknown>>>(
  modules: Modules,
): Pick<Modules, KernelName> {
  return Object.fromEntries(KERNELS.map((name) => [name, modules[name]])) as Pick<Modules, KernelName>;
}
