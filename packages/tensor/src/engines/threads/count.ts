import { EngineError } from "../../errors.js";

/** More would have less to do each than it costs to wake them. */
const MOST_THREADS = 64;

/** @throws {EngineError} for a number of threads that no engine has */
export function checkThreads(threads: number | undefined): void {
  if (threads === undefined) return;
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) {
    throw new EngineError(`threads is ${threads}: pass a whole number from 1 to ${MOST_THREADS}.`);
  }
}
