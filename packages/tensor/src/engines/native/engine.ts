import { checkOptions, type Kinds } from "@llm/platform/options";
import type { Engine } from "../../engine.js";
import { EngineError } from "../../errors.js";
import { engineOver } from "../wasm/engine.js";
import type { Inputs } from "./code/gemm.js";
import { machineCode, type Products } from "./plan.js";

/** How the native engine is made. */
export interface NativeOptions {
  /** Default: as many as can run at once, up to 16. */
  threads?: number;
  /** What multiplies matrices. Default: machine code as wide as the processor's, else the system's BLAS. */
  products?: Products;
  /**
   * "bfloat16" rounds what a matrix product multiplies to 8 significant bits, and adds in float32: twice as many products a
   * second; needs AVX512_BF16. Small products, and small parts of others, stay in float32. Default "float32".
   */
  inputs?: Inputs;
}

const OPTIONS: Kinds<NativeOptions> = {
  threads: "any",
  products: ["avx2", "avx512", "blas"],
  inputs: "any",
};

/**
 * The WebAssembly engine with its hottest kernels in machine code, written at run time for the processor that is there
 * (x64 with AVX2 or AVX-512), or in the system's BLAS. Needs Node and koffi. Throws an EngineError that says what is missing.
 */
export async function nativeEngine(options: NativeOptions = {}): Promise<Engine> {
  checkOptions("nativeEngine", options, OPTIONS, (message) => new EngineError(message));
  const { products, inputs = "float32", threads } = options;
  if (inputs !== "float32" && inputs !== "bfloat16") {
    throw new EngineError(`inputs is "${inputs}": pass "float32" or "bfloat16".`);
  }
  const { plan, device } = machineCode(products, inputs);
  return engineOver({ name: "native", threads, plan, device });
}
