import type { ProductUnit } from "../threads/split.js";
import { instantiate, type Kernels, type NativeLoops } from "../wasm/instance.js";
import { type ActivationCode, nativeActivations } from "./activation.js";
import { BATCH, type BatchCode, nativeBatch } from "./batch.js";
import { type Bfloat16Code, bfloat16Packing } from "./bfloat16.js";
import { blasGemm } from "./blas.js";
import { columnsOf, type Tile } from "./code/gemm.js";
import { type DropoutCode, nativeDropout } from "./dropout.js";
import { type Blocks, floatPacking, nativeGemm, nativeGemmScratch } from "./gemm.js";
import { type GroupedCode, nativeGrouped } from "./grouped.js";
import { type KernelCode, nativeKernels } from "./kernels.js";
import { type Koffi, loadKoffi, type NativeFunction } from "./koffi.js";
import { useLargePages } from "./large-pages.js";
import { nativeQuantized, type QuantizedCode } from "./quantized.js";
import { nativeSoftmax, type SoftmaxCode } from "./softmax.js";
import { nativeThin, nativeThinLoops, THIN, type ThinCode } from "./thin.js";

/** What a thread needs to use the code that another one has written: addresses hold for the whole process. */
export interface NativePlan {
  /** Where koffi is. */
  koffi: string;
  /** Matrix products: the code for a tile, and that for rows in place, and so on; or else the BLAS at this path. */
  products:
    | {
        tile: Tile;
        blocks: Blocks;
        gemm: number;
        rows: { plain: number; transposed: number };
        activations: ActivationCode;
        softmax: SoftmaxCode;
        dropout: DropoutCode;
        kernels: KernelCode;
        quantized: QuantizedCode;
        thin: ThinCode;
        batch: BatchCode;
        grouped: GroupedCode;
        /** null: products are of float32. */
        bfloat16: Bfloat16Code | null;
      }
    | { blas: string };
}

const GEMM = "void (uintptr_t args)";
const ROWS =
  "void (uintptr_t a, uintptr_t aStride, uintptr_t panels, uintptr_t panelBytes, uintptr_t c, uintptr_t cStride, uintptr_t m, uintptr_t panelCount, uintptr_t depth, uintptr_t accumulate)";

/** The kernels with native code where there is some. With a plan the memory must be a shared one: it never moves. */
export function kernelsOver(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  plan: NativePlan | null,
): Kernels {
  if (!plan) return instantiate(module, memory);
  const koffi = loadKoffi(plan.koffi);
  const base = addressOf(koffi, memory);
  useLargePages(koffi, base);
  if ("blas" in plan.products) {
    const wasm = instantiate(module, memory);
    return { ...wasm, gemm: blasGemm(wasm, base, koffi, plan.products.blas) };
  }
  const { tile, blocks, bfloat16 } = plan.products;
  const code = (address: number, prototype: string) =>
    koffi.decode(BigInt(address), koffi.proto(prototype)) as NativeFunction;
  // WebAssembly hands over its addresses as numbers with a sign.
  const at = (address: number) => base + (address >>> 0);
  const multiply = (address: number): NativeLoops["multiplyRows"] => {
    const run = code(address, ROWS);
    return (a, aStride, panels, panelBytes, c, cStride, m, panelCount, depth, accumulate) =>
      run(at(a), aStride, at(panels), panelBytes, at(c), cStride, m, panelCount, depth, accumulate);
  };
  const { rows, softmax, dropout } = plan.products;
  const wasm = instantiate(module, memory, {
    ...nativeSoftmax(at, softmax, code),
    ...nativeDropout(at, dropout, code),
    ...nativeThinLoops(at, plan.products.thin, code),
    multiplyRows: multiply(rows.plain),
    multiplyColumns: multiply(rows.transposed),
  });
  const activations = nativeActivations(wasm, { memory, base, callable: code }, plan.products.activations);
  const packing = bfloat16 ? bfloat16Packing(wasm, base, bfloat16, code) : floatPacking(wasm);
  const run = code(plan.products.gemm, GEMM);
  // Inputs of packed products may be rounded, so those of few rows alone are not packed.
  const mostRows = bfloat16 ? THIN - 1 : BATCH;
  const scratchBytes = nativeGemmScratch(wasm, tile, blocks, packing);
  const unpacked = { depth: blocks.depth, callable: code, epilogue: activations.epilogue };
  return {
    ...wasm,
    ...activations,
    ...nativeKernels(wasm, { memory, base, callable: code }, plan.products.kernels),
    ...nativeQuantized(base, plan.products.quantized, code),
    ...nativeGrouped(base, plan.products.grouped, code),
    gemm: nativeGemm(wasm, memory, base, {
      ...{ tile, blocks, packing, run },
      epilogue: activations.epilogue,
      small: nativeThin(wasm, base, { code: plan.products.thin, ...unpacked }),
      batch: nativeBatch(wasm, base, { mostRows, scratchBytes }, plan.products.batch, unpacked),
    }),
    gemmScratch: () => scratchBytes,
  };
}

/** What the products of these kernels are best cut into. */
export function productUnit(plan: NativePlan | null): ProductUnit {
  if (!plan) return { rows: 2, columns: 16 }; // `tile` of assembly/gemm.ts
  if ("blas" in plan.products) return { rows: 24, columns: 32 };
  const { tile } = plan.products;
  return { rows: tile.rows, columns: columnsOf(tile) };
}

/** Where the memory lies in the process. */
function addressOf(koffi: Koffi, memory: WebAssembly.Memory): number {
  const bytes = new Uint8Array(memory.buffer);
  return koffi.load(null).func("uintptr_t memmove(void *to, const void *from, size_t size)")(bytes, bytes, 0);
}
