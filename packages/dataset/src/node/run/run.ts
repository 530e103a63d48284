import { availableParallelism } from "node:os";
import type { DiskFullError } from "@llm/platform/durable";
import { type Executor, inProcess, type Plan } from "./executor.js";
import { lockFolder } from "./folder-lock.js";
import { LogFolder } from "./log-folder.js";
import { modulePath } from "./module.js";
import { reportOf } from "./prepare.js";
import { type RunProgress, Tally, terminalProgress } from "./progress.js";
import type { Runnable, StageOptions, StageReport } from "./stage.js";
import { threads } from "./threads.js";

/** Options of `run`. */
export interface RunStagesOptions extends StageOptions {
  /**
   * Folder of the manifest, the statistics and the markers of tasks that are complete. A run with the same folder goes on where
   * the last one stopped; while it runs, another one is refused.
   */
  readonly logDir: string;
  /** Worker threads, where a module is run. Default: one for each core. */
  readonly workers?: number | undefined;
  /** Most heap of a worker thread, in MB. Default: as Node.js has it. */
  readonly workerMemory?: number | undefined;
  /** Stops at once; what came after the last checkpoints is done again when the run goes on. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/** A task that failed. */
export interface TaskFailure {
  readonly rank: number;
  readonly error: unknown;
}

/** Tasks that failed, when all others were complete (or, on a full disk, had stopped). */
export class TasksFailedError extends Error {
  override readonly name = "TasksFailedError";
  readonly stage: string;
  readonly failures: readonly TaskFailure[];
  constructor(stage: string, tasks: number, failures: readonly TaskFailure[], logDir: string) {
    const [{ rank, error }] = failures as [TaskFailure];
    const ranks = failures.map((failure) => failure.rank).sort((a, b) => a - b);
    const which = ranks.length > 10 ? `${ranks.slice(0, 10).join(", ")}, ..` : ranks.join(", ");
    const why = error instanceof Error ? `${error.name}: ${error.message}` : `${error}`;
    super(
      `${stage}: ${failures.length} of ${tasks} tasks failed (${which}). Task ${rank}: ${why}. ` +
        `Nothing that was complete is lost: run it again with logDir ${logDir} to go on.`,
      { cause: error },
    );
    this.stage = stage;
    this.failures = failures;
  }
}

/** Several workers for what cannot be sent to them. */
export class WorkersError extends Error {
  override readonly name = "WorkersError";
  constructor(workers: number) {
    super(
      `A pipeline's functions cannot be sent to ${workers} worker threads: ` +
        `export it from a module and run that (run(new URL("./pipeline.ts", import.meta.url), ..)), or leave workers out.`,
    );
  }
}

/**
 * Runs a pipeline, a stage, or several, each when the one before is complete. A module (its default export, or one named
 * `pipeline` or `stages`) runs in worker threads; what is given itself runs in this one. Each task reads its share of
 * the frozen list of files and writes its own output, which is the same bytes however many workers there are and however often
 * the run was killed and begun again.
 *
 * @throws RunInProgressError, RunMismatchError, TasksFailedError, PipelineModuleError, WorkersError, or the signal's reason
 */
export async function run(
  what: Runnable | readonly Runnable[] | URL | string,
  options: RunStagesOptions,
): Promise<StageReport[]> {
  const { signal } = options;
  signal?.throwIfAborted();
  const executor = executorFor(what, options);
  const reports: StageReport[] = [];
  let unlock: (() => Promise<void>) | undefined;
  try {
    unlock = await lockFolder(options.logDir, signal);
    const { length } = await executor.outline();
    for (let stage = 0; stage < length; stage++) {
      const plan = await executor.plan(stage, signal);
      await runStage(executor, stage, plan, options);
      reports.push(await reportOf(plan.name, plan.tasks, new LogFolder(plan.logDir)));
    }
    return reports;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await executor.close();
    await unlock?.();
  }
}

function executorFor(
  what: Runnable | readonly Runnable[] | URL | string,
  options: RunStagesOptions,
): Executor {
  const { workers } = options;
  if (workers !== undefined && !(Number.isInteger(workers) && workers > 0))
    throw new RangeError(`workers is ${workers}, but has to be at least 1`);
  if (typeof what === "string" || what instanceof URL)
    return threads(modulePath(what), { ...options, workers: workers ?? availableParallelism() });
  if (workers !== undefined && workers > 1) throw new WorkersError(workers);
  return Array.isArray(what) ? inProcess(what, true, options) : inProcess([what as Runnable], false, options);
}

// By name: it may come from another thread.
const diskFull: DiskFullError["name"] = "DiskFullError";

/** Deals the tasks that are left to whoever is free. */
async function runStage(
  executor: Executor,
  stage: number,
  plan: Plan,
  options: RunStagesOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  const queue = [...plan.pending];
  const failures: TaskFailure[] = [];
  const bar = terminalProgress();
  const tally = new Tally(plan, (progress) => {
    onProgress?.(progress);
    bar?.show(progress);
  });
  const isFollowed = onProgress !== undefined || bar !== undefined;
  async function lane(): Promise<void> {
    for (let rank = queue.shift(); rank !== undefined; rank = queue.shift()) {
      try {
        await executor.run(stage, rank, { signal, onProgress: isFollowed ? tally.of(rank) : undefined });
        tally.complete();
      } catch (error) {
        if (signal?.aborted) return;
        failures.push({ rank, error });
        // No other task could write either.
        if (error instanceof Error && error.name === diskFull) queue.length = 0;
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(executor.parallel, queue.length) }, lane));
  } finally {
    bar?.close();
  }
  signal?.throwIfAborted();
  if (failures.length > 0) throw new TasksFailedError(plan.name, plan.tasks, failures, options.logDir);
}
