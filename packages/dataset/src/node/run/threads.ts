import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { ownFile } from "../import-module.js";
import type { Executor, ExecutorOptions, Outline, Plan } from "./executor.js";
import { type Loader, ownLoader } from "./module.js";
import { type Reply, type Request, receiveError, type WorkerSetup } from "./protocol.js";
import type { TaskContext } from "./stage.js";

/** A worker thread that ended in a task, twice: it ran out of memory, exited, or met an error that nothing caught. */
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
    statistics: options.statistics,
  };
  const loader = ownLoader();
  const all = new Set<Thread>();
  const idle: Thread[] = [];

  async function once(request: Request, context: TaskContext): Promise<unknown> {
    let thread = idle.pop();
    // What a step left running may have ended a thread between two tasks.
    while (thread?.ended) thread = idle.pop();
    thread ??= new Thread(setup, loader, workerMemory);
    all.add(thread);
    const answer = await thread.ask(request, context);
    if (answer instanceof WorkerCrashError) throw answer;
    idle.push(thread);
    if (answer.kind === "failed") throw receiveError(answer.error);
    return answer.value;
  }

  /** A crash may have been another task's fault, and the second attempt begins at the last checkpoint. */
  async function twice(request: Request, context: TaskContext): Promise<unknown> {
    try {
      return await once(request, context);
    } catch (error) {
      if (!(error instanceof WorkerCrashError) || context.signal?.aborted) throw error;
      return await once(request, context);
    }
  }

  return {
    parallel: workers,
    outline: async () => (await twice({ kind: "outline" }, {})) as readonly Outline[],
    plan: async (stage, signal) => (await twice({ kind: "plan", stage }, { signal })) as Plan,
    async run(stage, rank, context) {
      await twice({ kind: "run", stage, rank }, context);
    },
    async close() {
      await Promise.all([...all].map((thread) => thread.close()));
    },
  };
}

const abortWithinMs = 2000;

type Answer = Exclude<Reply, { kind: "progress" }> | WorkerCrashError;

class Thread {
  ended = false;
  readonly #worker: Worker;
  #answered: (answer: Answer) => void = () => {};
  #onProgress: TaskContext["onProgress"];
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
      this.ended = true;
      const why = this.#crash instanceof Error ? `: ${this.#crash.message}` : ` with code ${code}`;
      this.#answered(new WorkerCrashError(`The worker thread ended${why}`, { cause: this.#crash }));
    });
  }

  async ask(request: Request, { signal, onProgress }: TaskContext): Promise<Answer> {
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
  const entry = `import(${JSON.stringify(pathToFileURL(ownFile("node/run/worker")).href)})`;
  return tsx ? `import(${JSON.stringify(tsx.api)}).then(({ register }) => (register(), ${entry}))` : entry;
}
