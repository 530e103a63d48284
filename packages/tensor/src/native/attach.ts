import type { Kernels } from "../wasm/instance.js";
import { blasGemm } from "./blas.js";
import { nativeGemm, nativeGemmScratch } from "./gemm.js";
import type { Tile } from "./gemm-code.js";
import { type Koffi, loadKoffi } from "./koffi.js";

/** What a thread needs to use the code that another one has written: addresses hold for the whole process. */
export interface NativePlan {
  /** Where koffi is. */
  koffi: string;
  /** Matrix products: the code for a tile, or else the BLAS at this path. */
  gemm: { address: number; tile: Tile } | { blas: string };
}

/** The kernels with those in machine code in the place of the others. The memory must be a shared one: it never moves. */
export function attachNative(wasm: Kernels, memory: WebAssembly.Memory, plan: NativePlan): Kernels {
  const koffi = loadKoffi(plan.koffi);
  const base = addressOf(koffi, memory);
  if ("blas" in plan.gemm) return { ...wasm, gemm: blasGemm(wasm, base, koffi, plan.gemm.blas) };
  const { tile, address } = plan.gemm;
  return {
    ...wasm,
    gemm: nativeGemm(wasm, memory, base, tile, codeAt(koffi, address)),
    gemmScratch: () => nativeGemmScratch(wasm, tile),
  };
}

/** A function that calls the code at this address with one argument, an address. */
function codeAt(koffi: Koffi, address: number): (args: number) => void {
  return koffi.decode(BigInt(address), koffi.proto("void (uintptr_t args)")) as (args: number) => void;
}

/** Where the memory lies in the process. */
function addressOf(koffi: Koffi, memory: WebAssembly.Memory): number {
  const bytes = new Uint8Array(memory.buffer);
  return koffi.load(null).func("uintptr_t memmove(void *to, const void *from, size_t size)")(bytes, bytes, 0);
}
