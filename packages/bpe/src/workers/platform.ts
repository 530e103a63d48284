type WorkerThreads = typeof import("node:worker_threads");

/** Node's worker_threads, where there is Node. Not imported: a browser's bundler must not look for it. */
export function workerThreads(): WorkerThreads | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => WorkerThreads } };
  return process?.getBuiltinModule?.("node:worker_threads");
}

/** A worker of either kind. */
export interface AnyWorker<Request> {
  /** Sends a request, and gives these buffers away with it. */
  post(request: Request, transfer?: ArrayBuffer[]): void;
  /** Whether a program may not end before this worker does; without effect in browsers. */
  keepAlive(on: boolean): void;
  stop(): void;
}

/** Starts a worker on this code, or undefined where workers cannot be had. */
export function startWorker<Request, Answer>(
  code: string,
  onAnswer: (answer: Answer) => void,
  onFault: (reason: string) => void,
): AnyWorker<Request> | undefined {
  const threads = workerThreads();
  if (threads) {
    const worker = new threads.Worker(code, { eval: true });
    worker.unref();
    worker.on("message", onAnswer);
    worker.on("error", (error) => onFault(String(error)));
    worker.on("exit", (status) => onFault(`it ended with status ${status}`));
    return {
      post: (request, transfer = []) => worker.postMessage(request, transfer),
      keepAlive: (on) => (on ? worker.ref() : worker.unref()),
      stop: () => void worker.terminate(),
    };
  }
  if (typeof Worker !== "function") return undefined;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = (event) => onAnswer(event.data);
  worker.onerror = (event) => onFault(event.message);
  return {
    post: (request, transfer = []) => worker.postMessage(request, transfer),
    keepAlive: () => {},
    stop: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
