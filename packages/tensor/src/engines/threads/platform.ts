import { builtin } from "@llm/platform/builtin";
import { hasWorkers, startWorker as start } from "@llm/platform/worker";

export { builtin };

/** The kernels of the models at hand are too short for more: waking threads would cost what they gain. */
const ENOUGH = 16;

/** How many threads to use where nobody says: as many as can run at once, up to 16. */
export function parallelism(): number {
  const most = builtin("node:os")?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.min(most, ENOUGH);
}

/**
 * Whether threads can share memory here and this one may wait for others. A browser allows the first in pages that are
 * cross-origin isolated, and the second in workers.
 */
export function canUseThreads(): boolean {
  if (typeof SharedArrayBuffer !== "function") return false;
  if (!hasWorkers()) return false;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts a worker on this code and this first message; resolves when it has answered, and does not keep the program alive. */
export function startWorker(code: string, message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = start<object, unknown>(code, {
      onAnswer() {
        worker.keepAlive(false);
        resolve();
      },
      onFault: (reason) => reject(new Error(reason)),
    });
    worker.keepAlive(true);
    worker.post(message);
  });
}
