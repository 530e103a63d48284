import { TrainingError } from "./errors.js";

/** Does what takes memory for so many distinct words. @throws TrainingError where WebAssembly has no more */
export function asMemoryAllows<T>(words: number, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new TrainingError(
      `Training on ${words} distinct words takes more memory than WebAssembly has here (at most 4 GB). ` +
        "Train on less text, or with a pattern that cuts it into shorter and fewer words.",
      { cause },
    );
  }
}
