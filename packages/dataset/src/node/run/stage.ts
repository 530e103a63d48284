import type { Kinds } from "@llm/platform/options";
import type { Pipeline, StepStats } from "../../pipeline.js";
import type { Stage, StageStats } from "../../stage.js";
import type { StatisticsOptions } from "../../stats/details.js";

/** What executors run. A pipeline is a stage whose tasks each read a share of its source's files. */
export type Runnable = Pipeline | Stage;

/** How far a task came in this attempt. */
export interface TaskProgress {
  /** Documents that came from the source, or what a stage counts in. */
  readonly items: number;
  /** Documents that went to the sink. */
  readonly kept?: number | undefined;
  /** Of text that came from the source, in UTF-8. */
  readonly bytes?: number | undefined;
}

/** What an executor offers to a running task. */
export interface TaskContext {
  /** Stops at once; what came after the last checkpoint is lost. */
  readonly signal?: AbortSignal | undefined;
  /** Asks to stop at the next checkpoint, if there are any. */
  readonly pause?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
}

/** A stage that is complete. What its tasks counted is added up. */
export interface StageReport {
  readonly name: string;
  readonly tasks: number;
  /** Of a pipeline. */
  readonly steps?: readonly StepStats[] | undefined;
  /** Of any other stage. */
  readonly counts?: StageStats | undefined;
}

/** The executors' options that decide what is written, and so are kept in the manifest. */
export interface StageOptions {
  /** Tasks of a pipeline. Default: one for each of its source's files. */
  readonly tasks?: number | undefined;
  /** Documents of the source after which a task can go on when it is killed. Default 2,000. */
  readonly checkpointEvery?: number | undefined;
  /** As `docs` takes it: details in the statistics of a pipeline's tasks. Default false. */
  readonly statistics?: boolean | StatisticsOptions | undefined;
}

/** The kinds of {@link StageOptions}. */
export const STAGE: Kinds<StageOptions> = {
  tasks: "number",
  checkpointEvery: "number",
  statistics: "boolean|object",
};
