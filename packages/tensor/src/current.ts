import type { Engine } from "./engine.js";
import { EngineError } from "./errors.js";

let current: Engine | null = null;

function closedError({ name }: Engine): EngineError {
  return new EngineError(`The engine "${name}" was closed. Call \`await useEngine("auto")\` for another.`);
}

/** The engine in use. Throws an EngineError when none was chosen, or it was closed. */
export function engine(): Engine {
  if (!current) throw new EngineError('No engine was chosen. Call `await useEngine("auto")` first.');
  if (current.closed) throw closedError(current);
  return current;
}

/** Makes this the engine in use. @throws {EngineError} when it was closed */
export function setEngine(next: Engine): void {
  if (next.closed) throw closedError(next);
  current = next;
}
