import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Executor, ExecutorOptions, Outline, Plan } from "./executor.js";
import { entryPath, type Loader, loaderFor } from "./module.js";
import { type Reply, type Request, receiveError, type WorkerSetup } from "./protocol.js";
import type { StageContext } from "./stage.js";

/** A worker thread that ended in the middle of a task, twice: it ran out of memory, exited, or met an error that nothing caught. */
export class WorkerCrashError extends Error {
  override readonly name = "WorkerCrashError";
}

/** How many threads there are, and of what size. */
export interface ThreadOptions extends ExecutorOptions {
  readonly workers: number;
  /** Heap of each, in MB. */
  readonly workerMemory?: number | undefined;
}

/** Runs the tasks of a module's stages in worker threads, which each import the module. */
export function threads(module: string, options: ThreadOptions): Executor {
  const { workers, workerMemory } = options;
  const setup: WorkerSetup = {
    module,
    logDir: options.logDir,
    tasks: options.tasks,
    checkpointEvery: options.checkpointEvery,
  };
  const loader = loaderFor(module);
  const all = new Set<Thread>();
  const idle: Thread[] = [];

  async function once(request: Request, context: StageContext): Promise<unknown> {
    const thread = idle.pop() ?? new Thread(setup, loader, workerMemory);
    all.add(thread);
    const answer = await thread.ask(request, context);
    if (answer instanceof WorkerCrashError) {
      all.delete(thread);
      throw answer;
    }
    idle.push(thread);
    if (answer.kind === "failed") throw receiveError(answer.error);
    return answer.value;
  }

  return {
    parallel: workers,
    outline: async () => (await once({ kind: "outline" }, {})) as readonly Outline[],
    plan: async (stage, signal) => (await once({ kind: "plan", stage }, { signal })) as Plan,
    async run(stage, rank, context) {
      const request: Request = { kind: "run", stage, rank };
      try {
        await once(request, context);
      } catch (error) {
        // A crash may have been another task's fault, and the second attempt begins at the last checkpoint.
        if (!(error instanceof WorkerCrashError) || context.signal?.aborted) throw error;
        await once(request, context);
      }
    },
    async close() {
      await Promise.all([...all].map((thread) => thread.close()));
    },
  };
}

const abortWithinMs = 5000;

type Answer = Exclude<Reply, { kind: "progress" }> | WorkerCrashError;

class Thread {
  readonly #worker: Worker;
  #answered: (answer: Answer) => void = () => {};
  #onProgress: StageContext["onProgress"];
  #crash: unknown;

  constructor(setup: WorkerSetup, loader: Loader, memory: number | undefined) {
    this.#worker = new Worker(bootstrap(loader), {
      eval: true,
      workerData: setup,
      execArgv: [...loader.flags],
      ...(memory !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memory } }),
    });
    this.#worker.on("message", (reply: Reply) => {
      if (reply.kind === "progress") this.#onProgress?.(reply.progress);
      else this.#answered(reply);
    });
    this.#worker.on("error", (error) => {
      this.#crash = error;
    });
    this.#worker.on("exit", (code) => {
      const why = this.#crash instanceof Error ? `: ${this.#crash.message}` : ` with code ${code}`;
      this.#answered(new WorkerCrashError(`The worker thread ended${why}`, { cause: this.#crash }));
    });
  }

  async ask(request: Request, { signal, onProgress }: StageContext): Promise<Answer> {
    signal?.throwIfAborted();
    this.#onProgress = onProgress;
    let patience: NodeJS.Timeout | undefined;
    const abort = () => {
      this.#worker.postMessage({ kind: "abort" } satisfies Request);
      // One that does not listen loses no more than one that is killed.
      patience = setTimeout(() => this.close(), abortWithinMs);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await new Promise((resolve) => {
        this.#answered = resolve;
        this.#worker.postMessage(request);
      });
    } finally {
      clearTimeout(patience);
      signal?.removeEventListener("abort", abort);
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** A thread takes no loader by flags, as a process does. */
function bootstrap({ tsx }: Loader): string {
  const entry = `import(${JSON.stringify(pathToFileURL(entryPath("run/worker")).href)})`;
  return tsx ? `import(${JSON.stringify(tsx.api)}).then(({ register }) => (register(), ${entry}))` : entry;
}
