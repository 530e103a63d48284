/**
 * One stage of a longer job: tasks that need nothing of each other, only what the stage before has finished. A task that
 * was stopped, however, is run again from its start and leaves the same files. Who runs stages keeps the account of which
 * tasks are done.
 */
export interface Stage {
  readonly name: string;
  /** Tasks of ranks 0 to `tasks - 1`. */
  readonly tasks: number;
  /** Runs one task and answers what it counted; counts of tasks add up. */
  run(rank: number, context?: StageContext): Promise<StageStats>;
}

/** What a running task is given. */
export interface StageContext {
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how much is done, in what the stage counts in: documents, records, pairs. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** What a task counted, by name. */
export type StageStats = Readonly<Record<string, number>>;
