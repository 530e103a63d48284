import { EngineError } from "../../errors.js";
import { writeActivations } from "./activation.js";
import type { NativePlan } from "./attach.js";
import { writeBatch } from "./batch.js";
import { writeBfloat16 } from "./bfloat16.js";
import { findBlas } from "./blas.js";
import { gemmCode, type Inputs, type Tile } from "./code/gemm.js";
import { rowsCode } from "./code/rows.js";
import { writeDropout } from "./dropout.js";
import { findKoffi } from "./find-koffi.js";
import { blocksFor } from "./gemm.js";
import { writeGrouped } from "./grouped.js";
import { writeKernels } from "./kernels.js";
import { loadKoffi } from "./koffi.js";
import { identify, mapCode } from "./machine.js";
import { writeQuantized } from "./quantized.js";
import { writeSoftmax } from "./softmax.js";
import { writeThin } from "./thin.js";

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

const machines = new Map<string, Machine | EngineError>();

/** Finds or writes the code, once for the process. @throws EngineError that says what is missing */
export function machineCode(products?: Products, inputs: Inputs = "float32"): Machine {
  const key = `${products} ${inputs}`;
  const machine = machines.get(key) ?? prepare(products, inputs);
  machines.set(key, machine);
  if (machine instanceof EngineError) throw machine;
  return machine;
}

function prepare(products: Products | undefined, inputs: Inputs): Machine | EngineError {
  const { process } = globalThis as {
    process?: { arch: string; platform: string; env: Record<string, string | undefined> };
  };
  if (!process?.arch) return new EngineError("native code is for Node only");
  const { arch, platform, env } = process;
  const koffi = findKoffi();
  if (!koffi) return new EngineError("koffi, which calls native code, is not installed: npm install koffi");
  let refused = env["LLM_BLAS"] ? "LLM_BLAS is set" : "";
  if (inputs === "bfloat16" && (refused || products === "blas")) {
    return new EngineError(
      `bfloat16 inputs need machine code, not a BLAS${refused && ` (${refused})`}: choose inputs "float32"`,
    );
  }
  if (products !== "blas" && !refused) {
    try {
      return emitted(koffi, arch, platform, products, inputs);
    } catch (error) {
      refused = (error as Error).message;
      if (products || inputs === "bfloat16") return new EngineError(refused);
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
  inputs: Inputs,
): Machine {
  if (arch !== "x64") throw new EngineError(`machine code is written for x64, this is ${arch}`);
  const library = loadKoffi(koffi);
  const processor = identify(library, platform);
  const wanted = products ?? (processor.avx512 ? "avx512" : "avx2");
  if (!processor[wanted]) {
    throw new EngineError(`machine code needs ${wanted.toUpperCase()}, which ${processor.name} lacks`);
  }
  const bfloat16 = wanted === "avx512" && processor.bfloat16;
  if (inputs === "bfloat16" && !bfloat16) {
    const without = processor.bfloat16 ? 'products "avx2"' : processor.name;
    throw new EngineError(
      `bfloat16 inputs need AVX512_BF16, which ${without} lacks: choose inputs "float32"`,
    );
  }
  const tile = TILES[wanted];
  const map = (code: Uint8Array) => mapCode(library, code, platform);
  const { vectorBits } = tile;
  const name = wanted.toUpperCase();
  return {
    plan: {
      koffi,
      products: {
        tile,
        blocks: blocksFor(tile, processor),
        gemm: map(gemmCode(tile, inputs)),
        rows: { plain: map(rowsCode(vectorBits, false)), transposed: map(rowsCode(vectorBits, true)) },
        activations: writeActivations(vectorBits, map),
        softmax: writeSoftmax(vectorBits, map),
        dropout: writeDropout(vectorBits, map),
        kernels: writeKernels(vectorBits, map),
        thin: writeThin(vectorBits, map),
        batch: writeBatch(vectorBits, map),
        quantized: writeQuantized(vectorBits, processor.vnni[wanted], map),
        grouped: writeGrouped(vectorBits === 512 && processor.vnni.avx512, map),
        bfloat16: inputs === "bfloat16" ? writeBfloat16(map) : null,
      },
    },
    device: `${processor.name}, ${name}${inputs === "bfloat16" ? ", products of bfloat16" : ""}`,
    reason: `matrix products, attention, activations, norms, losses and AdamW in machine code that was written for this processor (${name}${bfloat16 ? "; bfloat16 inputs can be asked for" : ""}); the rest as in wasm`,
  };
}
