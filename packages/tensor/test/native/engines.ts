import { type Engine, nativeEngine } from "@llm/tensor";

/** The native engine with each set of instructions that this processor has; says what cannot be tested here. */
export async function nativeEngines(threads = 2): Promise<Record<string, Engine>> {
  const engines: Record<string, Engine> = {};
  for (const instructions of ["avx2", "avx512"] as const) {
    try {
      engines[`native ${instructions}`] = await nativeEngine({ instructions, threads });
    } catch (error) {
      console.log(`Skipped: native ${instructions}: ${(error as Error).message}`);
    }
  }
  return engines;
}
