import type { StepStats } from "../../pipeline.js";
import { NoFilesError, shareOf } from "../../share.js";
import { mergeStats } from "../../stats/merge.js";
import { LogFolder } from "./log-folder.js";
import { freezeManifest, readRunManifest } from "./manifest.js";
import type { Runnable, StageOptions, StageReport, TaskContext } from "./stage.js";
import { runTask } from "./task.js";

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

const defaultCheckpointEvery = 2000;

/** A pipeline is called by its sink's name, or its source's. */
export function nameOf(stage: Runnable): string {
  return "docs" in stage ? (stage.sink ?? stage.source).name : stage.name;
}

/**
 * Freezes what a stage reads and how, or compares it with what was frozen. With `trust` a frozen list of files is taken as it
 * is: a task of many does not list them all again.
 */
export async function prepare(
  stage: Runnable,
  options: PrepareOptions,
  trust: boolean,
): Promise<PreparedStage> {
  const log = new LogFolder(options.logDir);
  const { module, checkpointEvery = defaultCheckpointEvery, statistics } = options;
  if (!("docs" in stage)) {
    const { name, tasks } = stage;
    await freezeManifest(log.manifest, { name, tasks, configuration: { moduleSha256: module }, files: [] });
    return {
      name,
      tasks,
      log,
      async run(rank, { signal, onProgress }) {
        const onDone = onProgress && ((items: number) => onProgress({ items }));
        await log.complete(rank, { counts: await stage.run(rank, { signal, onProgress: onDone }) });
      },
    };
  }
  const name = nameOf(stage);
  const { source, steps, sink } = stage;
  const frozen = trust ? (await readRunManifest(log.manifest))?.files : undefined;
  const files = source.open && source.files && (frozen ?? (await source.files(options.signal)));
  const tasks = options.tasks ?? (files ? Math.max(1, files.length) : 1);
  requireCount("tasks", tasks);
  requireCount("checkpointEvery", checkpointEvery);
  if (!files && tasks > 1) throw new NoFilesError(source.name, tasks);
  const configuration = {
    source: source.name,
    steps: steps.map((step) => step.name),
    sink: sink && `${sink.name} ${sink.folder}`,
    checkpointEvery,
    moduleSha256: module,
  };
  await freezeManifest(log.manifest, { name, tasks, configuration, files: files ?? [] });
  return {
    name,
    tasks,
    log,
    async run(rank, context) {
      const share = files && shareOf(files, { rank, world: tasks });
      const task = { rank, world: tasks, files: share, checkpointEvery, statistics, log };
      const { steps, outputs } = await runTask(stage, task, context);
      await log.complete(rank, { steps }, outputs);
    },
  };
}

function requireCount(option: string, value: number): void {
  if (!(Number.isInteger(value) && value > 0))
    throw new RangeError(`${option} is ${value}, but has to be a whole number, at least 1`);
}

/** What tasks that are complete counted: by default all. */
export async function reportOf(
  name: string,
  tasks: number,
  log: LogFolder,
  complete: Iterable<number> = Array(tasks).keys(),
): Promise<StageReport> {
  let steps: (readonly StepStats[])[] = [];
  const counts: Record<string, number> = {};
  for (const rank of complete) {
    const stats = await log.stats(rank);
    if (stats.steps) steps.push(stats.steps);
    // A job may have more tasks than their statistics fit into memory.
    if (steps.length === 64) steps = [mergeStats(steps)];
    for (const [key, count] of Object.entries(stats.counts ?? {})) counts[key] = (counts[key] ?? 0) + count;
  }
  return steps.length > 0 ? { name, tasks, steps: mergeStats(steps) } : { name, tasks, counts };
}
