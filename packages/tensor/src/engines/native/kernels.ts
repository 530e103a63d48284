import type { Kernels } from "../wasm/instance.js";
import { nativeAdamw } from "./adamw.js";
import { adamwCode } from "./code/adamw.js";
import { sumCode } from "./code/sum.js";
import { type GatedCode, nativeGated, writeGated } from "./gated.js";
import { type LossCode, nativeLoss, writeLoss } from "./loss.js";
import { type NormCode, nativeNorms, writeNorms } from "./norm.js";
import type { Process } from "./process.js";
import { nativeSoftcap, type SoftcapCode, writeSoftcap } from "./softcap.js";
import { nativeSoftmaxRows, type SoftmaxRowsCode, writeSoftmaxRows } from "./softmax-rows.js";
import { nativeSum } from "./sum.js";

/** Kernels that read and write rows or streams of floats: where their code is. */
export interface KernelCode {
  vectorBits: 256 | 512;
  adamw: number;
  sum: { plain: number; squares: number };
  gated: GatedCode;
  loss: LossCode;
  norms: NormCode;
  softcap: SoftcapCode;
  softmax: SoftmaxRowsCode;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeKernels(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): KernelCode {
  return {
    vectorBits,
    adamw: map(adamwCode(vectorBits)),
    sum: { plain: map(sumCode(vectorBits, false)), squares: map(sumCode(vectorBits, true)) },
    gated: writeGated(vectorBits, map),
    loss: writeLoss(vectorBits, map),
    norms: writeNorms(vectorBits, map),
    softcap: writeSoftcap(vectorBits, map),
    softmax: writeSoftmaxRows(vectorBits, map),
  };
}

/** These kernels in machine code. Parts begin at whole vectors, so that an element's result does not depend on the threads. */
export function nativeKernels(
  wasm: Kernels,
  place: Omit<Process, "vectorBits">,
  code: KernelCode,
): Partial<Kernels> {
  const process = { ...place, vectorBits: code.vectorBits };
  return {
    adamw: nativeAdamw(wasm, process, code.adamw),
    sum: nativeSum(process, code.sum),
    softcap: nativeSoftcap(process, code.softcap),
    ...nativeSoftmaxRows(process, code.softmax),
    ...nativeGated(wasm, process, code.gated),
    ...nativeLoss(process, code.loss),
    ...nativeNorms(wasm, process, code.norms),
  };
}
