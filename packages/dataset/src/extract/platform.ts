type WorkerThreads = typeof import("node:worker_threads");

/** Node's worker_threads, where there is Node. Not imported: a browser's bundler must not look for it. */
export function workerThreads(): WorkerThreads | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => WorkerThreads } };
  return process?.getBuiltinModule?.("node:worker_threads");
}

/** Whether workers can be had here at all. */
export function hasWorkers(): boolean {
  return workerThreads() !== undefined || typeof Worker === "function";
}

/** A worker of either kind. */
export interface AnyWorker<Request> {
  post(request: Request): void;
  /** Whether a program may not end before this worker does; without effect in browsers. */
  keepAlive(on: boolean): void;
  /** Ends it at once, whatever it does. */
  stop(): void;
}

/** Starts a worker on this code. `memory`, in MiB, is the most it may use, where that can be said. */
export function startWorker<Request, Answer>(
  code: string,
  memory: number,
  onAnswer: (answer: Answer) => void,
  onFault: (reason: string) => void,
): AnyWorker<Request> {
  const threads = workerThreads();
  if (threads) {
    const worker = new threads.Worker(code, {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: memory },
    });
    worker.unref();
    worker.on("message", onAnswer);
    worker.on("error", (error) => onFault(String(error)));
    return {
      post: (request) => worker.postMessage(request),
      keepAlive: (on) => (on ? worker.ref() : worker.unref()),
      stop: () => void worker.terminate(),
    };
  }
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = (event) => onAnswer(event.data);
  worker.onerror = (event) => onFault(event.message);
  return {
    post: (request) => worker.postMessage(request),
    keepAlive: () => {},
    stop: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
