import type { Pipeline, StepStats } from "../../pipeline.js";

/** How far a task came in this attempt. */
export interface TaskProgress {
  /** Documents that came from the source. */
  readonly documents: number;
  /** Documents that went to the sink. */
  readonly kept: number;
  /** Of text that came from the source, in UTF-8. */
  readonly bytes: number;
}

/** What an executor offers to a running task. */
export interface StageContext {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
}

/**
 * Work in `tasks` parts that do not depend on each other, beside a pipeline: one of the four stages of MinHash, for example. A
 * task may be run again after it was killed, and has to come to the same result.
 */
export interface Stage {
  readonly name: string;
  readonly tasks: number;
  /** Runs one task, and answers its statistics when its output is on the disk. */
  run(rank: number, context: StageContext): Promise<readonly StepStats[]>;
}

/** What executors run. A pipeline is a stage whose tasks each read a share of its source's files. */
export type Runnable = Pipeline | Stage;

/** A stage that is complete. */
export interface StageReport {
  readonly name: string;
  readonly tasks: number;
  /** Merged over all tasks. */
  readonly stats: readonly StepStats[];
}

/** The executors' options that decide what is written, and so are kept in the manifest. */
export interface StageOptions {
  /** Tasks of a pipeline. Default: one for each of its source's files. */
  readonly tasks?: number | undefined;
  /** Documents of the source after which a task can go on when it is killed. Default 2,000. */
  readonly checkpointEvery?: number | undefined;
}
