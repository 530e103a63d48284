import type { Engine } from "./engine.js";
import { EngineError } from "./errors.js";

/** Where copies of this package find each other: by what set the last engine of any. */
const COPY = Symbol.for("@llm/tensor/copy");
const copies = globalThis as { [COPY]?: object };
const thisCopy = {};

/** What to do where a program has this package twice, each with an engine and tensors of its own. */
export const TWO_COPIES =
  "Two copies of @llm/tensor are in this program, and one does not know the other's tensors and engine. `npm ls @llm/tensor` says who brings them: make their versions agree, or bundle the package once.";

let current: Engine | null = null;

function closedError({ name }: Engine): EngineError {
  return new EngineError(`The engine "${name}" was closed. Call \`await useEngine("auto")\` for another.`);
}

/** The engine in use. Throws an EngineError when none was chosen, or it was closed. */
export function engine(): Engine {
  if (!current) {
    const elsewhere = copies[COPY] !== undefined && copies[COPY] !== thisCopy;
    throw new EngineError(
      `No engine was chosen. ${elsewhere ? TWO_COPIES : 'Call `await useEngine("auto")` first.'}`,
    );
  }
  if (current.closed) throw closedError(current);
  return current;
}

/** Makes this the engine in use. @throws {EngineError} when it was closed */
export function setEngine(next: Engine): void {
  if (next.closed) throw closedError(next);
  current = next;
  copies[COPY] = thisCopy;
}
