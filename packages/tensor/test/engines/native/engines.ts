import { existsSync, readFileSync } from "node:fs";
import { type Engine, nativeEngine } from "@llm/tensor";
import { closedAtEnd } from "../closed-at-end.js";

/** What Linux says of the processor. */
const processor = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";

/** The native engine with each way of multiplying that there is here; says what cannot be tested. */
export async function nativeEngines(threads = 2): Promise<Record<string, Engine>> {
  const engines: Record<string, Engine> = {};
  for (const [products, feature] of [
    ["avx2", /^flags.* avx2 /m],
    ["avx512", /^flags.* avx512f /m],
    ["blas", null],
  ] as const) {
    try {
      engines[`native ${products}`] = closedAtEnd(await nativeEngine({ products, threads }));
    } catch (error) {
      if (feature?.test(processor)) throw error;
      console.log(`Skipped: native ${products}: ${(error as Error).message}`);
    }
  }
  return engines;
}
