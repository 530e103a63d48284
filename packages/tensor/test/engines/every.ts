import { type Engine, referenceEngine, wasmEngine } from "@llm/tensor";
import { deviceEngines } from "./device.js";
import { nativeEngines } from "./native/engines.js";

/** Makers of every engine there is here, with one thread and with two. */
export async function everyEngine(): Promise<Record<string, () => Promise<Engine>>> {
  const engines: Record<string, () => Promise<Engine>> = {
    reference: async () => referenceEngine(),
    ...deviceEngines,
  };
  for (const threads of [1, 2]) {
    engines[`wasm, threads ${threads}`] = () => wasmEngine({ threads });
    for (const [name, engine] of Object.entries(await nativeEngines(threads))) {
      engines[`${name}, threads ${threads}`] = async () => engine;
    }
  }
  return engines;
}
