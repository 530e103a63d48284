import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Kinds } from "@llm/platform/options";
import { check } from "../../check.js";
import type { Outline } from "../run/executor.js";
import { LogFolder } from "../run/log-folder.js";
import { modulePath } from "../run/module.js";
import type { WorkerSetup } from "../run/protocol.js";
import { STAGE, type StageOptions } from "../run/stage.js";
import { threads } from "../run/threads.js";
import { cancel, jobsInQueue, maxArraySize, SlurmError, submit } from "./commands.js";
import { jobScript } from "./script.js";

/** Options of `slurm`. */
export interface SlurmOptions extends StageOptions {
  /** As in `run`; on a file system that all nodes see. */
  readonly logDir: string;
  readonly partition?: string | undefined;
  /**
   * Most time for a task, as sbatch takes it: `"4:00:00"`. A task with checkpoints that needs more goes on in another job; one
   * of another stage, or of a pipeline with a state, has to fit.
   */
  readonly time?: string | undefined;
  /** Default 1: a task runs in one thread. */
  readonly cpusPerTask?: number | undefined;
  /** Memory of a task, as sbatch takes it: `"4G"`. */
  readonly memory?: string | undefined;
  /** Tasks of a job array that run at once. Default: as many as the site lets. */
  readonly concurrency?: number | undefined;
  /** Default: the site's. More tasks are split into several arrays. */
  readonly maxArraySize?: number | undefined;
  /** Ids of jobs that have to end before the first stage begins. */
  readonly dependsOn?: readonly string[] | undefined;
  /** Whether those jobs, and the stage before each stage, have to succeed (`"afterok"`, the default) or only to end. */
  readonly dependency?: "afterok" | "afterany" | undefined;
  /** Seconds before the end of its time at which a task is told to stop at a checkpoint. Default 120. */
  readonly warning?: number | undefined;
  /** Passed to sbatch as they are. */
  readonly sbatchArgs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SLURM: Kinds<SlurmOptions> = {
  ...STAGE,
  logDir: "string!",
  partition: "string",
  time: "string",
  cpusPerTask: "count",
  memory: "string",
  concurrency: "count",
  maxArraySize: "count",
  dependsOn: "array",
  dependency: ["afterok", "afterany"],
  warning: "number",
  sbatchArgs: "array",
  signal: "signal",
};

/** A job array that was submitted. */
export interface SlurmJob {
  readonly id: string;
  readonly stage: string;
  /** The tasks it runs, by rank. */
  readonly ranks: readonly number[];
}

/**
 * Submits the stages of a module to Slurm and returns: a job array for each, or several where there are more tasks than
 * the site lets into one. A stage begins when the one before has ended. Tasks that are complete are left out, so that the same
 * call goes on with a run of which tasks failed. A task that is killed, or whose time runs out, goes back into the queue
 * and on from its checkpoint.
 *
 * @throws SlurmError, RunMismatchError, PipelineModuleError
 */
export async function slurm(module: URL | string, options: SlurmOptions): Promise<SlurmJob[]> {
  check("slurm", options, SLURM);
  const setup: WorkerSetup = {
    module: modulePath(module),
    logDir: resolve(options.logDir),
    tasks: options.tasks,
    checkpointEvery: options.checkpointEvery,
    statistics: options.statistics,
  };
  const folder = join(setup.logDir, "slurm");
  const size = options.maxArraySize ?? (await maxArraySize());
  await refuseWhileQueued(folder);
  const jobs: SlurmJob[] = [];
  try {
    let dependsOn = options.dependsOn ?? [];
    for (const { stage, name, pending } of await stagesLeft(setup, options.signal)) {
      const script = join(folder, `${stage + 1}-${name}.sh`);
      await mkdir(folder, { recursive: true });
      await writeFile(script, jobScript(setup, stage));
      const of = jobs.length;
      for (const [array, ranks] of split(pending, size)) {
        const indexes = ranges(ranks.map((rank) => rank - array * size));
        const args = sbatchArgs(options, name, folder, indexes, dependsOn);
        jobs.push({ id: await submit([...args, script, `${array * size}`]), stage: name, ranks });
      }
      dependsOn = jobs.slice(of).map(({ id }) => id);
    }
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "jobs.json"), `${JSON.stringify(jobs.map(({ id }) => id))}\n`);
  } catch (error) {
    // Half of a run would wait for ever, or run beside the next attempt.
    if (jobs.length > 0) await cancel(jobs.map(({ id }) => id)).catch(() => {});
    throw error;
  }
  return jobs;
}

async function refuseWhileQueued(folder: string): Promise<void> {
  const text = await readFile(join(folder, "jobs.json"), "utf8").catch(() => "[]");
  const queued = await jobsInQueue();
  const left = (JSON.parse(text) as string[]).filter((id) => queued.has(id));
  if (left.length > 0)
    throw new SlurmError(
      `Jobs ${left.join(", ")} of this run wait or run still: two jobs must not run one task. Wait for them, or scancel ${left.join(" ")}.`,
    );
}

/** The stages with tasks left. The files of the first are frozen; those of later ones are still to be written. */
async function stagesLeft(setup: WorkerSetup, signal: AbortSignal | undefined) {
  const left: { stage: number; name: string; pending: readonly number[] }[] = [];
  const executor = threads(setup.module, { ...setup, workers: 1 });
  try {
    for (const [stage, outline] of (await executor.outline()).entries()) {
      const { name, pending } =
        left.length === 0 ? await executor.plan(stage, signal) : await foresee(outline);
      if (pending.length > 0) left.push({ stage, name, pending });
    }
  } finally {
    await executor.close();
  }
  return left;
}

async function foresee({ name, logDir, tasks }: Outline) {
  if (tasks === undefined)
    throw new SlurmError(
      `How many files ${name} will read is not known before the stage in front of it has run: give tasks`,
    );
  return { name, pending: await new LogFolder(logDir).pending(tasks) };
}

function sbatchArgs(
  options: SlurmOptions,
  name: string,
  folder: string,
  indexes: string,
  dependsOn: readonly string[],
): string[] {
  const { partition, time, memory, cpusPerTask = 1, concurrency, warning = 120 } = options;
  return [
    `--job-name=${name}`,
    `--array=${indexes}${concurrency === undefined ? "" : `%${concurrency}`}`,
    `--output=${join(folder, "%x-%A_%a.out")}`,
    "--open-mode=append",
    "--requeue",
    `--signal=B:USR1@${warning}`,
    `--cpus-per-task=${cpusPerTask}`,
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
    ...(memory === undefined ? [] : [`--mem=${memory}`]),
    ...(dependsOn.length === 0
      ? []
      : [
          `--dependency=${options.dependency ?? "afterok"}:${dependsOn.join(":")}`,
          "--kill-on-invalid-dep=yes",
        ]),
    ...(options.sbatchArgs ?? []),
  ];
}

/** Deals ranks to arrays: rank `r` has index `r % size` in array `floor(r / size)`. */
function split(ranks: readonly number[], size: number): Map<number, number[]> {
  const arrays = new Map<number, number[]>();
  for (const rank of ranks) {
    const array = Math.floor(rank / size);
    const found = arrays.get(array) ?? [];
    found.push(rank);
    arrays.set(array, found);
  }
  return arrays;
}

/** Ascending numbers as sbatch takes them: `0-3,5`. */
function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}
