import { type Engine, nativeEngine } from "@llm/tensor";

/** The native engine with each way of multiplying that there is here; says what cannot be tested. */
export async function nativeEngines(threads = 2): Promise<Record<string, Engine>> {
  const engines: Record<string, Engine> = {};
  for (const products of ["avx2", "avx512", "blas"] as const) {
    try {
      engines[`native ${products}`] = await nativeEngine({ products, threads });
    } catch (error) {
      console.log(`Skipped: native ${products}: ${(error as Error).message}`);
    }
  }
  return engines;
}
