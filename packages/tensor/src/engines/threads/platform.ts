/** What there is of Node here: not imported, since a browser's bundler must not look for it. */
interface NodeModules {
  "node:worker_threads": typeof import("node:worker_threads");
  "node:os": typeof import("node:os");
  "node:module": typeof import("node:module");
}

/** A built-in module of Node, where there is Node. */
export function builtin<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: Name) => NodeModules[Name] } };
  return process?.getBuiltinModule?.(name);
}

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
  if (!builtin("node:worker_threads") && typeof Worker !== "function") return false;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** A worker that runs. */
export interface RunningWorker {
  /** Ends it, whatever it does. */
  terminate(): unknown;
}

/** Starts a worker on this code and this first message; resolves when it has answered, and does not keep the program alive. */
export function startWorker(code: string, message: object): Promise<RunningWorker> {
  const threads = builtin("node:worker_threads");
  return new Promise((resolve, reject) => {
    if (threads) {
      const worker = new threads.Worker(code, { eval: true });
      worker.once("message", () => {
        worker.unref();
        resolve(worker);
      });
      worker.once("error", reject);
      worker.postMessage(message);
      return;
    }
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const worker = new Worker(url);
    worker.onmessage = () => resolve(worker);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message);
  });
}
