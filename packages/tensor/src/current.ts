import type { Engine } from "./engine.js";
import { EngineError } from "./errors.js";

let current: Engine | null = null;

/** The engine in use. Throws an EngineError when none was chosen. */
export function engine(): Engine {
  if (!current) throw new EngineError('No engine was chosen. Call `await useEngine("auto")` first.');
  return current;
}

/** Makes this the engine in use. */
export function setEngine(next: Engine): void {
  current = next;
}
