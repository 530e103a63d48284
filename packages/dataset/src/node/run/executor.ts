import { join } from "node:path";
import { nameOf, type PreparedStage, prepare } from "./prepare.js";
import type { Runnable, StageContext, StageOptions } from "./stage.js";

/** A stage as an executor's owner knows it: what is left to do. */
export interface Plan {
  readonly name: string;
  readonly tasks: number;
  readonly logDir: string;
  readonly pending: readonly number[];
}

/** Who runs tasks: this thread, or others. */
export interface Executor {
  /** Tasks that can run at once. */
  readonly parallel: number;
  /** How many stages there are. */
  stages(): Promise<number>;
  /** Freezes what a stage reads; to be called when the stage before is complete. */
  plan(stage: number, signal?: AbortSignal): Promise<Plan>;
  run(stage: number, rank: number, context: StageContext): Promise<void>;
  close(): Promise<void>;
}

/** What decides how stages are prepared. */
export interface ExecutorOptions extends StageOptions {
  readonly logDir: string;
}

/** The stages of a run and the folders of their logs; prepares each once. */
export class StageList {
  readonly length: number;
  readonly #stages: readonly Runnable[];
  readonly #options: ExecutorOptions & { module?: string | undefined };
  readonly #many: boolean;
  readonly #prepared: Promise<PreparedStage>[] = [];

  constructor(
    stages: readonly Runnable[],
    many: boolean,
    options: ExecutorOptions & { module?: string | undefined },
  ) {
    this.length = stages.length;
    this.#stages = stages;
    this.#many = many;
    this.#options = options;
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
    const stage = this.#stages[at]!;
    const logDir = this.#many
      ? join(this.#options.logDir, `${at + 1}-${nameOf(stage)}`)
      : this.#options.logDir;
    return prepare(stage, { ...this.#options, logDir, signal }, trust);
  }
}

/** Runs tasks in this thread, one after the other. */
export function inProcess(stages: readonly Runnable[], many: boolean, options: ExecutorOptions): Executor {
  const list = new StageList(stages, many, options);
  return {
    parallel: 1,
    stages: async () => list.length,
    plan: (stage, signal) => list.plan(stage, signal),
    run: async (stage, rank, context) => (await list.planned(stage)).run(rank, context),
    close: async () => {},
  };
}
