import type { Engine } from "../engine.js";
import { parallelism } from "../threads/platform.js";
import { engineOver } from "../wasm/engine.js";
import { type Instructions, machineCode } from "./plan.js";

/**
 * The WebAssembly engine with its hottest kernels in machine code, written at run time for the processor that is there.
 * `instructions` default to the widest that the processor has. Needs Node, an x86-64 processor with AVX2, and koffi. Throws an EngineError that says what is missing.
 */
export async function nativeEngine(
  options: { threads?: number; instructions?: Instructions } = {},
): Promise<Engine> {
  const { plan, processor } = machineCode(options.instructions);
  const { threads = parallelism() } = options;
  const width = plan.gemm.tile.vectorBits === 512 ? "AVX-512" : "AVX2";
  return engineOver({ name: "native", threads, plan, device: `${processor.name}, ${width}` });
}
