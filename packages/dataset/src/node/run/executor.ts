import { join } from "node:path";
import { nameOf, type PreparedStage, prepare } from "./prepare.js";
import type { Runnable, StageOptions, TaskContext } from "./stage.js";

/** A stage as an executor's owner knows it: what is left to do. */
export interface Plan {
  readonly name: string;
  readonly tasks: number;
  readonly logDir: string;
  readonly pending: readonly number[];
}

/** A stage before it is planned. */
export interface Outline {
  readonly name: string;
  readonly logDir: string;
  /** Not known yet for a pipeline that runs a task for each of its files. */
  readonly tasks: number | undefined;
}

/** Who runs tasks: this thread, or others. */
export interface Executor {
  /** Tasks that can run at once. */
  readonly parallel: number;
  outline(): Promise<readonly Outline[]>;
  /** Freezes what a stage reads; to be called when the stage before is complete. */
  plan(stage: number, signal?: AbortSignal): Promise<Plan>;
  run(stage: number, rank: number, context: TaskContext): Promise<void>;
  close(): Promise<void>;
}

/** What decides how stages are prepared. */
export interface ExecutorOptions extends StageOptions {
  readonly logDir: string;
}

/** The stages of a run and the folders of their logs; prepares each once. */
export class StageList {
  readonly outline: readonly Outline[];
  readonly #stages: readonly Runnable[];
  readonly #options: ExecutorOptions & { module?: string | undefined };
  readonly #prepared: Promise<PreparedStage>[] = [];

  constructor(
    stages: readonly Runnable[],
    many: boolean,
    options: ExecutorOptions & { module?: string | undefined },
  ) {
    this.#stages = stages;
    this.#options = options;
    this.outline = stages.map((stage, at) => {
      const name = nameOf(stage);
      const logDir = many ? join(options.logDir, `${at + 1}-${name}`) : options.logDir;
      return { name, logDir, tasks: "docs" in stage ? options.tasks : stage.tasks };
    });
  }

  async plan(at: number, signal?: AbortSignal): Promise<Plan> {
    this.#prepared[at] = this.#prepare(at, false, signal);
    const { name, tasks, log } = await this.#prepared[at];
    return { name, tasks, logDir: log.path, pending: await log.pending(tasks) };
  }

  /** A stage that was planned, here or elsewhere. */
  planned(at: number): Promise<PreparedStage> {
    this.#prepared[at] ??= this.#prepare(at, true);
    return this.#prepared[at];
  }

  #prepare(at: number, trust: boolean, signal?: AbortSignal): Promise<PreparedStage> {
    const { logDir } = this.outline[at]!;
    return prepare(this.#stages[at]!, { ...this.#options, logDir, signal }, trust);
  }
}

/** Runs tasks in this thread, one after the other. */
export function inProcess(stages: readonly Runnable[], many: boolean, options: ExecutorOptions): Executor {
  const list = new StageList(stages, many, options);
  return {
    parallel: 1,
    outline: async () => list.outline,
    plan: (stage, signal) => list.plan(stage, signal),
    run: async (stage, rank, context) => (await list.planned(stage)).run(rank, context),
    close: async () => {},
  };
}
