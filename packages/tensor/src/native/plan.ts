import { EngineError } from "../errors.js";
import { writeActivations } from "./activation.js";
import type { NativePlan } from "./attach.js";
import { findBlas } from "./blas.js";
import { blocksFor } from "./gemm.js";
import { gemmCode, type Tile } from "./gemm-code.js";
import { writeKernels } from "./kernels.js";
import { findKoffi, loadKoffi } from "./koffi.js";
import { identify, mapCode } from "./machine.js";
import { rowsCode } from "./rows-code.js";
import { writeSoftmax } from "./softmax.js";

/** What multiplies matrices: machine code in one of two widths, or a BLAS of the system. */
export type Products = "avx2" | "avx512" | "blas";

/** As many registers of results as leave room for a row of B and a number of A. */
const TILES: Readonly<Record<"avx2" | "avx512", Tile>> = {
  avx2: { vectorBits: 256, rows: 4, vectors: 3 },
  avx512: { vectorBits: 512, rows: 12, vectors: 2 },
};

/** What this process multiplies with, in words too. */
export interface Machine {
  plan: NativePlan;
  device: string;
  reason: string;
}

const machines = new Map<Products | "best", Machine | EngineError>();

/** Finds or writes the code, once for the process. @throws EngineError that says what is missing */
export function machineCode(products?: Products): Machine {
  const key = products ?? "best";
  const machine = machines.get(key) ?? prepare(products);
  machines.set(key, machine);
  if (machine instanceof EngineError) throw machine;
  return machine;
}

function prepare(products: Products | undefined): Machine | EngineError {
  const { process } = globalThis as {
    process?: { arch: string; platform: string; env: Record<string, string | undefined> };
  };
  if (!process?.arch) return new EngineError("native code is for Node only");
  const { arch, platform, env } = process;
  const koffi = findKoffi();
  if (!koffi) return new EngineError("koffi, which calls native code, is not installed: npm install koffi");
  let refused = env["LLM_BLAS"] ? "LLM_BLAS is set" : "";
  if (products !== "blas" && !refused) {
    try {
      return emitted(koffi, arch, platform, products);
    } catch (error) {
      refused = (error as Error).message;
      if (products) return new EngineError(refused);
    }
  }
  const blas = findBlas(koffi, platform);
  if (!blas)
    return new EngineError(`${refused || "asked for a BLAS"}, and no BLAS was found: LLM_BLAS can name one`);
  return {
    plan: { koffi, products: { blas } },
    device: `${arch}, ${blas}`,
    reason: `matrix products by ${blas}${refused ? ` (${refused})` : ""}; the rest as in wasm`,
  };
}

function emitted(
  koffi: string,
  arch: string,
  platform: string,
  products: "avx2" | "avx512" | undefined,
): Machine {
  if (arch !== "x64") throw new EngineError(`machine code is written for x64, this is ${arch}`);
  const library = loadKoffi(koffi);
  const processor = identify(library, platform);
  const wanted = products ?? (processor.avx512 ? "avx512" : "avx2");
  if (!processor[wanted]) {
    throw new EngineError(`machine code needs ${wanted.toUpperCase()}, which ${processor.name} lacks`);
  }
  const tile = TILES[wanted];
  const map = (bytes: Uint8Array) => mapCode(library, bytes, platform);
  const gemm = map(gemmCode(tile));
  const rows = {
    plain: map(rowsCode(tile.vectorBits, false)),
    transposed: map(rowsCode(tile.vectorBits, true)),
  };
  const activations = writeActivations(tile.vectorBits, map);
  const softmax = writeSoftmax(tile.vectorBits, map);
  const kernels = writeKernels(tile.vectorBits, map);
  return {
    plan: {
      koffi,
      products: { tile, blocks: blocksFor(tile, processor), gemm, rows, activations, softmax, kernels },
    },
    device: `${processor.name}, ${wanted.toUpperCase()}`,
    reason: `matrix products, attention, activations, norms, losses and AdamW in machine code that was written for this processor (${wanted.toUpperCase()}); the rest as in wasm`,
  };
}
