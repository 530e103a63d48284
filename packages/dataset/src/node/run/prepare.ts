import type { Pipeline, StepStats } from "../../pipeline.js";
import { NoFilesError, shareOf } from "../../share.js";
import { LogFolder } from "./log-folder.js";
import { freezeManifest, readRunManifest } from "./manifest.js";
import { mergeStats } from "./merge-stats.js";
import type { Runnable, StageOptions, StageReport } from "./stage.js";
import { runTask, type TaskContext } from "./task.js";

/** A stage whose files are frozen, so that its tasks can run. */
export interface PreparedStage {
  readonly name: string;
  readonly tasks: number;
  readonly log: LogFolder;
  /** Runs a task and marks it as complete. */
  run(rank: number, context: TaskContext): Promise<void>;
}

/** What `prepare` needs beside the stage. */
export interface PrepareOptions extends StageOptions {
  readonly logDir: string;
  /** SHA-256 of the module that made the stage. */
  readonly module?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A pipeline is called by its sink's name, or its source's. */
export function nameOf(stage: Runnable): string {
  return "docs" in stage ? (stage.sink ?? stage.source).name : stage.name;
}

/**
 * Freezes what a stage reads and how, or compares it with what was frozen. With `trust` the frozen manifest is taken as it is, where there
 * is one: a task of many does not list all files again.
 */
export async function prepare(
  stage: Runnable,
  options: PrepareOptions,
  trust: boolean,
): Promise<PreparedStage> {
  const log = new LogFolder(options.logDir);
  const frozen = trust ? await readRunManifest(log.manifest) : undefined;
  if (!("docs" in stage)) {
    const { name, tasks } = stage;
    const { module } = options;
    if (!frozen) await freezeManifest(log.manifest, { name, tasks, configuration: { module }, files: [] });
    return {
      name,
      tasks,
      log,
      run: async (rank, context) => log.complete(rank, await stage.run(rank, context), []),
    };
  }
  const checkpointEvery = options.checkpointEvery ?? 2000;
  if (!(Number.isInteger(checkpointEvery) && checkpointEvery > 0))
    throw new RangeError(`checkpointEvery is ${checkpointEvery}, but has to be a number of documents`);
  const { files, tasks } = frozen ?? (await freezePipeline(stage, { ...options, checkpointEvery }, log));
  const dealt = stage.source.files && stage.source.open;
  return {
    name: nameOf(stage),
    tasks,
    log,
    async run(rank, context) {
      const share = dealt ? shareOf(files, { rank, world: tasks }) : undefined;
      const task = { rank, world: tasks, files: share, checkpointEvery, log };
      const { stats, outputs } = await runTask(stage, task, context);
      await log.complete(rank, stats, outputs);
    },
  };
}

async function freezePipeline(p: Pipeline, options: PrepareOptions, log: LogFolder) {
  const { source, steps, sink } = p;
  const files = source.open && (await source.files?.(options.signal));
  const tasks = options.tasks ?? (files ? Math.max(1, files.length) : 1);
  if (!(Number.isInteger(tasks) && tasks > 0))
    throw new RangeError(`tasks is ${tasks}, but has to be at least 1`);
  if (!files && tasks > 1) throw new NoFilesError(source.name, tasks);
  const configuration = {
    source: source.name,
    steps: steps.map(({ name }) => name),
    sink: sink && `${sink.name} ${sink.folder}`,
    checkpointEvery: options.checkpointEvery,
    module: options.module,
  };
  return freezeManifest(log.manifest, { name: nameOf(p), tasks, configuration, files: files ?? [] });
}

/** What the tasks of a complete stage reported. */
export async function reportOf({ name, tasks, log }: Pick<PreparedStage, "name" | "tasks" | "log">) {
  const stats: (readonly StepStats[])[] = [];
  for (let rank = 0; rank < tasks; rank++) stats.push((await log.stats(rank)) as StepStats[]);
  return { name, tasks, stats: mergeStats(stats) } satisfies StageReport;
}
